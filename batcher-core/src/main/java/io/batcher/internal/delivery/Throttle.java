/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.RetryAfterException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the handler may be called at all: the pace of a batcher, and the rest that its target has asked for. One for all lanes; a batcher
 * without a pace has none until it rests for the first time. Guarded by the batcher's lock.
 */
public final class Throttle {

    private final @Nullable PaceLimiter pace;

    /** Why the batcher rests; null if it does not. That a rest is over is noticed when an attempt begins. */
    private @Nullable RetryAfterException restCause;

    /** When the rest ends, in nanoseconds of the batcher's clock; only with a cause. */
    private long restUntil;

    private long throttledCalls;

    /**
     * Creates a throttle.
     *
     * @param pace null for none
     */
    public Throttle(@Nullable PaceLimiter pace) {
        this.pace = pace;
    }

    /** Returns the earliest time of the next call, which may be in the past; null for no limit. */
    public @Nullable Long notBefore() {
        if (pace == null) {
            return restCause == null ? null : (Long) restUntil;
        }
        long paced = pace.notBefore();
        return restCause == null || restUntil - paced < 0 ? paced : restUntil;
    }

    /** Takes the permit of a call that starts now. Returns false if the call has to wait. */
    public boolean tryStart(long now) {
        return !isResting(now) && (pace == null || pace.tryStart(now));
    }

    /** Corrects the permit of the last call, which started at this time. */
    public void started(long at) {
        if (pace != null) {
            pace.started(at);
        }
    }

    /** Forgets the cause of a rest that is over: it may hold the whole answer of the target. */
    public void forgetEndedRest(long now) {
        if (!isResting(now)) {
            restCause = null;
        }
    }

    /** Begins a rest, unless there is one that ends later. */
    public void rest(RetryAfterException cause, long until) {
        throttledCalls++;
        if (restCause == null || until - restUntil > 0) {
            restCause = cause;
            restUntil = until;
        }
    }

    private boolean isResting(long now) {
        return restCause != null && now - restUntil < 0;
    }

    /** Returns why the batcher rests now; null if it does not. */
    public @Nullable RetryAfterException restCause(long now) {
        return isResting(now) ? restCause : null;
    }

    /** Returns how long the batcher still rests; zero if it does not. */
    public Duration restingFor(long now) {
        return isResting(now) ? Duration.ofNanos(restUntil - now) : Duration.ZERO;
    }

    /** Returns how many calls ended with a {@link RetryAfterException}. */
    public long throttledCalls() {
        return throttledCalls;
    }
}
