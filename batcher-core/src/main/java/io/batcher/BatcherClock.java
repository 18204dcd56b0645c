/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/**
 * What time it is for a batcher, and how its callers wait. {@link #system()} unless a test says otherwise.
 *
 * <p>Must be thread-safe.
 */
public interface BatcherClock {

    /** Returns a monotonic time in nanoseconds; only differences mean something. */
    long nanoTime();

    /** Returns the time of day, for {@link Batch#firstAddedAt()}. */
    Instant instant();

    /**
     * Waits until the latch is down, for at most the given time.
     *
     * @param nanos how long, in nanoseconds of this clock
     * @return whether the latch is down
     * @throws InterruptedException if the thread is interrupted
     */
    boolean await(CountDownLatch latch, long nanos) throws InterruptedException;

    /** Returns the clock of the machine. */
    static BatcherClock system() {
        return SystemClock.INSTANCE;
    }
}
