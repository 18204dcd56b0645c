/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A clock that tells when another thread has begun to wait for a batcher. Thread-safe. */
class WatchedClock implements BatcherClock {

    private final BatcherClock time;
    private final Semaphore waits = new Semaphore(0);

    WatchedClock(BatcherClock time) {
        this.time = time;
    }

    /** Returns once a further wait has begun. */
    void awaitWaiter() throws InterruptedException {
        if (!waits.tryAcquire(10, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody waits");
        }
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public Instant instant() {
        return time.instant();
    }

    @Override
    public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
        long deadline = time.nanoTime() + nanos; // before the test knows of the wait: it may move the time at once
        waits.release();
        return time.await(latch, Math.max(0, deadline - time.nanoTime()));
    }
}
