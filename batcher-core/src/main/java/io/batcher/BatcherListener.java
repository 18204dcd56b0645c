/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;

/**
 * Receives batch events, for example to record metrics or traces. No method is called per item.
 *
 * <p>Methods are called on the thread that delivers batches unless stated otherwise, with no lock held. An exception from a listener is
 * logged, at once and then once a minute with a count, and ignored. Batches and dead letters contain the items: do not log them
 * carelessly.
 */
public interface BatcherListener {

    /** Called before an attempt. The handler is called next, on the same thread unless the pace makes it wait. */
    default void onBatchStarted(String batcher, Batch<?> batch) {}

    /**
     * Called after an attempt succeeded.
     *
     * @param took the time from the call of the handler to its return or the end of its stage
     */
    default void onBatchHandled(String batcher, Batch<?> batch, Duration took) {}

    /**
     * Called after an attempt failed, for all or some of its items, or ended with a {@link RetryAfterException}.
     *
     * @param took the time from the call of the handler to its return or the end of its stage
     */
    default void onBatchFailed(BatchFailure<?> failure, Duration took) {}

    /**
     * Called after a DROP policy discarded items, on the thread whose call discarded them.
     *
     * @param items the number of items, at least 1
     */
    default void onDropped(String batcher, int items) {}

    /**
     * Called after delivery was paused, on the thread that paused it. If calls of {@code pause} and {@code resume} overlap, one of their
     * threads makes the reports, one at a time, and leaves out a change that was undone meanwhile. The last report matches the state.
     */
    default void onPaused(String batcher) {}

    /** Called after delivery was resumed, on the thread that resumed it. For overlapping calls see {@link #onPaused}. */
    default void onResumed(String batcher) {}

    /**
     * Called after items were stored, on the thread that added them. Called once for each call that adds. Without a store never.
     *
     * @param items the number of items, at least 1
     * @param took how long the store took
     */
    default void onStored(String batcher, int items, Duration took) {}

    /**
     * Called after the outcome of an attempt was recorded in the store. Without a store never.
     *
     * @param items how many items have left the store or were moved to its dead letters
     * @param took how long the store took for the call that succeeded
     */
    default void onRecorded(String batcher, int items, Duration took) {}

    /**
     * Called after the dead-letter callback has taken items that were given up. With a store, after they were moved to its dead letters and
     * the callback was told.
     */
    default void onDeadLetter(DeadLetter<?> letter) {}
}
