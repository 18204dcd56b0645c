/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Decides for each item of a failed attempt: handled, retried, or given up. A pure function of the retry policy. Made outside the lock,
 * because the policy's predicate is user code.
 */
public final class RetryVerdict {

    /** Items that failed for the same cause, with no other failed item between them. */
    public record Failed(int[] indexes, Throwable cause, boolean givenUp) {}

    private final Throwable cause;
    private final List<Failed> failed;
    private final int[] handled;
    private final int[] kept;

    private RetryVerdict(Throwable cause, int size, List<Failed> failed) {
        this.cause = cause;
        this.failed = failed;
        boolean[] isFailed = new boolean[size];
        failed.forEach(part -> Arrays.stream(part.indexes()).forEach(index -> isFailed[index] = true));
        this.handled =
                IntStream.range(0, size).filter(index -> !isFailed[index]).toArray();
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
        if (cause instanceof PartialBatchException partial && namesItemsOf(partial, size)) {
            int[] indexes = partial.causesByIndex().keySet().stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            List<Throwable> causes = partial.causesByIndex().values().stream()
                    .map(Causes::unwrapped)
                    .toList();
            int from = 0;
            for (int to = 1; to <= indexes.length; to++) {
                if (to == indexes.length || causes.get(to) != causes.get(from)) {
                    Throwable why = causes.get(from);
                    failed.add(new Failed(Arrays.copyOfRange(indexes, from, to), why, last || !worthRetry.test(why)));
                    from = to;
                }
            }
        } else {
            int[] all = IntStream.range(0, size).toArray();
            failed.add(new Failed(all, cause, last || !worthRetry.test(cause)));
        }
        return new RetryVerdict(cause, size, List.copyOf(failed));
    }

    public Throwable cause() {
        return cause;
    }

    /** Returns the items that failed, in order. */
    public List<Failed> failed() {
        return failed;
    }

    public boolean givesUpSome() {
        return failed.stream().anyMatch(Failed::givenUp);
    }

    /** Returns the indexes of the items to retry, ascending. */
    public int[] kept() {
        return kept;
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
