/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;

/**
 * Hears of what happens to batches; metrics and tracing hang here. Nothing is called per item.
 *
 * <p>Called on the thread that delivers batches, where nothing else is said. Nothing is held while a listener runs. What it throws
 * is logged, at once and then once a minute with a count, and changes nothing; the exception itself is not changed either. The
 * batches and letters passed here contain the items: take care what you print.
 */
public interface BatcherListener {

    /** An attempt begins: the handler is called next, right after and on this thread unless the pace makes it wait. */
    default void onBatchStarted(String batcher, Batch<?> batch) {}

    /**
     * An attempt succeeded.
     *
     * @param took the time from the call of the handler to its return, or to the end of its stage
     */
    default void onBatchHandled(String batcher, Batch<?> batch, Duration took) {}

    /**
     * An attempt failed, wholly or for some items, or ended with a {@link RetryAfterException}.
     *
     * @param took the time from the call of the handler to its return, or to the end of its stage
     */
    default void onBatchFailed(BatchFailure<?> failure, Duration took) {}

    /**
     * A DROP policy discarded items; called on the thread whose call discarded them.
     *
     * @param items how many, at least 1
     */
    default void onDropped(String batcher, int items) {}

    /**
     * Delivery is paused. Called on the thread that paused it. Where calls of {@code pause} and {@code resume} overlap, one of
     * their threads reports, one report at a time, and a change that was undone meanwhile is left out: the last report is true.
     */
    default void onPaused(String batcher) {}

    /** Delivery is resumed. Called on the thread that resumed it, with the exception described at {@link #onPaused}. */
    default void onResumed(String batcher) {}

    /** Items were given up; called after the dead-letter callback has taken them. */
    default void onDeadLetter(DeadLetter<?> letter) {}
}
