/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/**
 * Tells a batcher the time, and blocks callers that wait for it. The default is {@link #system()}; tests can replace it.
 *
 * <p>Implementations must be thread-safe.
 */
public interface BatcherClock {

    /** Returns a monotonic time in nanoseconds. Only differences are meaningful. */
    long nanoTime();

    /** Returns the time of day, for {@link Batch#firstAddedAt()}. */
    Instant instant();

    /**
     * Blocks until the latch has counted down to zero or the time has elapsed.
     *
     * @param nanos the maximum time, in nanoseconds of this clock
     * @return whether the latch has counted down to zero
     * @throws InterruptedException if the thread is interrupted
     */
    boolean await(CountDownLatch latch, long nanos) throws InterruptedException;

    /** Returns the system clock. */
    static BatcherClock system() {
        return SystemClock.INSTANCE;
    }
}
