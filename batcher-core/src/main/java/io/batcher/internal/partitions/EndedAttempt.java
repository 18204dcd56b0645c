/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.Batch;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.store.DeadItem;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended whose outcome the store records.
 *
 * @param batch the batch of the attempt, for callbacks; null if none was made and only refused items are recorded
 * @param attempt the attempt; null if an earlier process has made it
 * @param failure why the attempt failed; null after success
 * @param verdict the verdict on a failed attempt; null after success, or if an earlier process has made it
 * @param refused what the codec has refused of a restored batch
 * @param recordedBefore whether the handled items have left the store with the transaction of the handler
 */
public record EndedAttempt<T>(
        @Nullable Batch<T> batch,
        @Nullable Attempt<T> attempt,
        @Nullable Throwable failure,
        @Nullable RetryVerdict verdict,
        Duration took,
        List<DeadItem> refused,
        boolean recordedBefore) {

    /**
     * Returns how an attempt of this process ended.
     *
     * @param verdict null after success
     */
    public static <T> EndedAttempt<T> of(Attempt<T> attempt, @Nullable RetryVerdict verdict, boolean recordedBefore) {
        return new EndedAttempt<>(
                attempt.batch(),
                attempt,
                verdict == null ? null : verdict.cause(),
                verdict,
                attempt.took(),
                List.of(),
                recordedBefore);
    }

    /** Returns how an attempt ended that an earlier process has made. */
    public static <T> EndedAttempt<T> ofEarlierProcess(
            @Nullable Batch<T> batch, @Nullable Throwable failure, List<DeadItem> refused) {
        return new EndedAttempt<>(batch, null, failure, null, Duration.ZERO, refused, false);
    }
}
