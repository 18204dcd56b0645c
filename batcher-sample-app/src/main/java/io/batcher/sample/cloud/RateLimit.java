/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * The rate limit of the built-in cloud: a number of calls in any window of time. Refused calls do not count.
 *
 * <p>Thread-safe.
 */
final class RateLimit {

    private final int calls;
    private final long windowNanos;
    private final LongSupplier nanoTime;

    // Start times of the accepted calls that the window still contains; guarded by this.
    private final Deque<Long> accepted = new ArrayDeque<>();

    RateLimit(int calls, Duration window, LongSupplier nanoTime) {
        this.calls = calls;
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Accepts a call and returns zero, or refuses it and returns the time until the next one is accepted. */
    synchronized Duration untilAccepted() {
        long now = nanoTime.getAsLong();
        while (!accepted.isEmpty() && now - accepted.element() >= windowNanos) {
            accepted.remove();
        }
        if (accepted.size() == calls) {
            return Duration.ofNanos(accepted.element() + windowNanos - now);
        }
        accepted.add(now);
        return Duration.ZERO;
    }
}
