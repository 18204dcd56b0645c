/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.Pace;

/**
 * When the next handler call may start: the generic cell rate algorithm (GCRA) in nanoseconds of the batcher's clock. Times are compared
 * by their difference, so the clock may wrap around. Not thread-safe.
 *
 * <p>The interval between calls is rounded up, because a window must never hold one call too many. With {@code n} calls per window and
 * burst {@code b}, call {@code k} of a window starts at least {@code k - b} intervals after the first, so the last one is call
 * {@code n + b - 1}.
 */
public final class PaceLimiter {

    private final long intervalNanos;

    /** How far calls may be ahead of evenly spaced ones. */
    private final long toleranceNanos;

    /** When the next call would start if calls were evenly spaced; in the past after a time without calls. */
    private long nextEvenly;

    /**
     * Creates a limiter that has seen no call.
     *
     * @param now the time in nanoseconds of the clock that {@link #tryStart} is told
     */
    public PaceLimiter(Pace pace, long now) {
        this.intervalNanos = 1 + (pace.per().toNanos() - 1) / pace.calls();
        this.toleranceNanos = intervalNanos * (pace.burst() - 1);
        this.nextEvenly = now;
    }

    /** Returns the earliest time at which a call may start, which may be in the past. */
    public long notBefore() {
        return nextEvenly - toleranceNanos;
    }

    /** Takes the permit of a call that starts now, if there is one. Returns whether it may start. */
    public boolean tryStart(long now) {
        if (now - notBefore() < 0) {
            return false;
        }
        nextEvenly = (now - nextEvenly > 0 ? now : nextEvenly) + intervalNanos;
        return true;
    }

    /** Corrects the permit of the last call, which started at this time: later than it was allowed to, if its thread had to wait. */
    public void started(long at) {
        nextEvenly = at + intervalNanos - nextEvenly > 0 ? at + intervalNanos : nextEvenly;
    }
}
