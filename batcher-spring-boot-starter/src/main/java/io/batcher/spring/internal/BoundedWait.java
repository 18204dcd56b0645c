/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A bounded wait for a future of a batcher, or for a condition. Uses the batcher's clock, which may be virtual. */
public final class BoundedWait {

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int AWAITED = 3;

    private final Batcher<?> batcher;
    private final CompletableFuture<?> future;
    private final CountDownLatch done = new CountDownLatch(1);
    private final BatcherClock clock;
    private final long start;
    private final long nanos;

    /**
     * Creates a wait whose time starts now, so that several waits can run concurrently.
     *
     * @param future the future to wait for
     * @param timeout the maximum wait, zero or more
     */
    public BoundedWait(ManagedBatcher batcher, CompletableFuture<?> future, Duration timeout) {
        this.batcher = batcher.batcher();
        this.future = future;
        this.clock = batcher.config().<BatcherClock>map(BatcherConfig::clock).orElseGet(BatcherClock::system);
        this.start = clock.nanoTime();
        this.nanos = TimeUnit.NANOSECONDS.convert(timeout); // saturates
        future.whenComplete((result, failure) -> done.countDown());
    }

    /** Creates a wait without a future, for {@link #awaitUntil}. */
    public static BoundedWait of(ManagedBatcher batcher, Duration timeout) {
        return new BoundedWait(batcher, new CompletableFuture<>(), timeout);
    }

    /**
     * Waits for the remaining time until a condition holds, unless the batcher waits for the calling thread.
     *
     * @return whether it holds
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitUntil(BooleanSupplier condition) throws InterruptedException {
        int awaited = 0;
        while (!condition.getAsBoolean() && left() > 0 && awaited < AWAITED) {
            await(SLICE_NANOS);
            awaited = batcher.awaitsCaller() ? awaited + 1 : 0;
        }
        return condition.getAsBoolean();
    }

    /**
     * Waits for the remaining time.
     *
     * @return whether the future is done
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean await() throws InterruptedException {
        return await(Long.MAX_VALUE);
    }

    /** Waits for the remaining time, at most the given nanoseconds. */
    boolean await(long atMost) throws InterruptedException {
        return future.isDone() || clock.await(done, Math.min(atMost, left())) || future.isDone();
    }

    /**
     * Waits for the remaining time, unless the batcher waits for the calling thread, for example because its handler closes the
     * application. Checks that several times, because a handler that started the calling thread may be about to return.
     *
     * @return whether the future is done
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitUnlessAwaited() throws InterruptedException {
        int awaited = 0;
        while (!await(SLICE_NANOS) && left() > 0 && awaited < AWAITED) {
            awaited = batcher.awaitsCaller() ? awaited + 1 : 0;
        }
        return future.isDone();
    }

    private long left() {
        return Math.max(0, nanos - (clock.nanoTime() - start));
    }
}
