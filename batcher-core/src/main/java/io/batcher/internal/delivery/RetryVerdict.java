/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each item of a failed attempt: handled, retried, given up, or deferred because the target asked to be called later. A pure
 * function of the retry policy. Made outside the lock, because the policy's predicate is user code.
 */
public final class RetryVerdict {

    /** Items that failed for the same cause, with no other failed item between them. */
    public record Failed(int[] indexes, Throwable cause, boolean givenUp) {}

    /** Items that are attempted again, with no item of the other kind between them: they have failed, or are deferred. */
    public record Again(int[] indexes, boolean deferred) {
        /** Returns these items of the batch. If they are deferred, the attempt counts as none for them. */
        public <T> FrozenBatch<T> of(FrozenBatch<T> batch, BatchIds ids) {
            FrozenBatch<T> part = batch.part(ids, indexes);
            if (deferred) {
                part.undoAttempt();
            }
            return part;
        }
    }

    private final Throwable cause;
    private final List<Failed> failed;
    private final int[] handled;
    private final int[] kept;
    private final int[] deferred;
    private final @Nullable RetryAfterException retryAfter;

    private RetryVerdict(
            Throwable cause, int size, List<Failed> failed, int[] deferred, @Nullable RetryAfterException retryAfter) {
        this.cause = cause;
        this.failed = failed;
        this.deferred = deferred;
        this.retryAfter = retryAfter;
        boolean[] isNamed = new boolean[size];
        failed.forEach(part -> Arrays.stream(part.indexes()).forEach(index -> isNamed[index] = true));
        Arrays.stream(deferred).forEach(index -> isNamed[index] = true);
        this.handled = IntStream.range(0, size).filter(index -> !isNamed[index]).toArray();
        this.kept = failed.stream()
                .filter(part -> !part.givenUp())
                .flatMapToInt(part -> Arrays.stream(part.indexes()))
                .toArray();
    }

    /**
     * Creates the verdict on a failed attempt.
     *
     * @param cause the failure, unwrapped; the causes of items that it names are unwrapped here
     * @param size the number of items in the batch
     * @param countedAttempts the counted attempts, including this one
     * @param worthRetry the policy's predicate, guarded against exceptions
     */
    public static RetryVerdict of(
            Throwable cause,
            int size,
            int countedAttempts,
            RetryPolicy policy,
            Predicate<? super Throwable> worthRetry) {
        boolean last = countedAttempts >= policy.maxAttempts();
        List<Failed> failed = new ArrayList<>();
        IntStream.Builder deferred = IntStream.builder();
        RetryAfterException longest = null;
        for (Failed part : causes(cause, size)) {
            if (part.cause() instanceof RetryAfterException retryAfter) {
                Arrays.stream(part.indexes()).forEach(deferred::add);
                longest = longest == null || longest.retryAfter().compareTo(retryAfter.retryAfter()) < 0
                        ? retryAfter
                        : longest;
            } else {
                boolean givenUp = last || !worthRetry.test(part.cause());
                failed.add(new Failed(part.indexes(), part.cause(), givenUp));
            }
        }
        return new RetryVerdict(
                cause, size, List.copyOf(failed), deferred.build().toArray(), longest);
    }

    /** The items that failed, by cause and in order; none of them given up yet. */
    private static List<Failed> causes(Throwable cause, int size) {
        if (!(cause instanceof PartialBatchException partial) || !namesItemsOf(partial, size)) {
            return List.of(new Failed(IntStream.range(0, size).toArray(), cause, false));
        }
        List<Failed> parts = new ArrayList<>();
        int[] indexes = partial.causesByIndex().keySet().stream()
                .mapToInt(Integer::intValue)
                .toArray();
        List<Throwable> causes =
                partial.causesByIndex().values().stream().map(Causes::unwrapped).toList();
        int from = 0;
        for (int to = 1; to <= indexes.length; to++) {
            if (to == indexes.length || causes.get(to) != causes.get(from)) {
                parts.add(new Failed(Arrays.copyOfRange(indexes, from, to), causes.get(from), false));
                from = to;
            }
        }
        return parts;
    }

    public Throwable cause() {
        return cause;
    }

    /** Returns the items that failed, in order. */
    public List<Failed> failed() {
        return failed;
    }

    /** Whether the attempt counts as failed: not if the target has only asked to be called later. */
    public boolean isFailure() {
        return !failed.isEmpty();
    }

    /** The indexes of the items that failed, ascending. */
    public int[] failedIndexes() {
        return failed.stream()
                .flatMapToInt(part -> Arrays.stream(part.indexes()))
                .toArray();
    }

    /** By what the items are deferred, the longest if there are several; null if none is. */
    public @Nullable RetryAfterException retryAfter() {
        return retryAfter;
    }

    public boolean givesUpSome() {
        return failed.stream().anyMatch(Failed::givenUp);
    }

    /** Returns the indexes of the items to retry, ascending. */
    public int[] kept() {
        return kept;
    }

    /** Returns the items to retry and those that are deferred, in order. */
    public List<Again> keptAndDeferred() {
        return inOrder(kept);
    }

    /** Returns the items that failed and those that are deferred, in order. */
    public List<Again> failedAndDeferred() {
        return inOrder(failedIndexes());
    }

    /** Merges two ascending lists. */
    private List<Again> inOrder(int[] others) {
        List<Again> parts = new ArrayList<>(1);
        int other = 0;
        int defer = 0;
        while (other < others.length || defer < deferred.length) {
            int end = defer < deferred.length ? indexFrom(others, other, deferred[defer]) : others.length;
            if (end > other) {
                parts.add(new Again(Arrays.copyOfRange(others, other, end), false));
            }
            other = end;
            end = other < others.length ? indexFrom(deferred, defer, others[other]) : deferred.length;
            if (end > defer) {
                parts.add(new Again(Arrays.copyOfRange(deferred, defer, end), true));
            }
            defer = end;
        }
        return parts;
    }

    /** Returns where the first element above a value is that the list does not contain. */
    private static int indexFrom(int[] ascending, int from, int value) {
        return -1 - Arrays.binarySearch(ascending, from, ascending.length, value);
    }

    /** Returns the indexes of the items that the handler did not name, ascending: they are handled. */
    public int[] handled() {
        return handled;
    }

    private static boolean namesItemsOf(PartialBatchException partial, int size) {
        return !partial.causesByIndex().isEmpty()
                && partial.causesByIndex().keySet().stream().allMatch(index -> index >= 0 && index < size);
    }
}
