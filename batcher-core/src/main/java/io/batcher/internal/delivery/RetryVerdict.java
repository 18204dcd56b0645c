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
 * What a failed attempt means for each item of the batch: handled after all, tried again, given up, or deferred because the target
 * asked to be called later. A pure rule over the retry policy; made outside the lock, because the policy's predicate is user code.
 */
public final class RetryVerdict {

    /** Items that failed for the same cause, with no other failed item between them. */
    public record Failed(int[] indexes, Throwable cause, boolean givenUp) {}

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
     * Judges a failed attempt.
     *
     * @param cause what it failed with, unwrapped; the causes of the items that it names are unwrapped here
     * @param size how many items the batch has
     * @param counted how many attempts were made that count, this one included
     * @param worthRetry the policy's predicate, guarded
     */
    public static RetryVerdict of(
            Throwable cause, int size, int counted, RetryPolicy policy, Predicate<? super Throwable> worthRetry) {
        boolean last = counted >= policy.maxAttempts();
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

    /** The items that failed, in order. */
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

    /** The indexes of the items that are deferred, ascending. */
    public int[] deferred() {
        return deferred;
    }

    /** By what the items are deferred, the longest if there are several; null if none is. */
    public @Nullable RetryAfterException retryAfter() {
        return retryAfter;
    }

    public boolean givesUpSome() {
        return failed.stream().anyMatch(Failed::givenUp);
    }

    /** The indexes of the items that are to be tried again, ascending. */
    public int[] kept() {
        return kept;
    }

    /** The indexes of the items that the handler did not name, ascending: they are handled. */
    public int[] handled() {
        return handled;
    }

    private static boolean namesItemsOf(PartialBatchException partial, int size) {
        return !partial.causesByIndex().isEmpty()
                && partial.causesByIndex().keySet().stream().allMatch(index -> index >= 0 && index < size);
    }
}
