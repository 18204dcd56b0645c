/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** {@link HandOffQueue}: a task goes to a thread that waits, or is refused; none is left lying. */
class HandOffQueueTest {

    private final HandOffQueue queue = new HandOffQueue();

    private static void nothing() {}

    @Test
    void whileNobodyWaitsATaskIsRefused() {
        assertThat(queue.offer(HandOffQueueTest::nothing)).isFalse();
        assertThat(queue).isEmpty();
    }

    @Test
    void aThreadWhoseTimeIsOverWaitsNoLonger() throws Exception {
        assertThat(queue.poll(0, TimeUnit.NANOSECONDS)).isNull();
        assertThat(queue.offer(HandOffQueueTest::nothing)).isFalse();
    }

    @Test
    void aThreadThatWasInterruptedWaitsNoLonger() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue.poll(1, TimeUnit.HOURS)).isInstanceOf(InterruptedException.class);
        assertThat(queue.offer(HandOffQueueTest::nothing)).isFalse();
    }

    @Test
    void eachWaitingThreadIsGivenOneTask() throws Exception {
        CompletableFuture<Runnable> got = inThread(this::pollForLong);
        while (!queue.offer(HandOffQueueTest::nothing)) {
            Thread.onSpinWait();
        }
        assertThat(queue.offer(HandOffQueueTest::nothing)).isFalse();
        assertThat(got.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    private Runnable pollForLong() {
        try {
            return queue.poll(1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The offer comes as the wait ends: either it is refused, or this thread gets the task. */
    @Test
    void aTaskThatWasTakenIsNeverLeftLying() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int i = 0; i < 2_000; i++) {
            long nanos = i % 100 * 100;
            CompletableFuture<Boolean> polled = inThread(() -> {
                await(start);
                try {
                    return queue.poll(nanos, TimeUnit.NANOSECONDS) != null;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(start);
            boolean taken = queue.offer(HandOffQueueTest::nothing);
            assertThat(polled.get(10, TimeUnit.SECONDS)).isEqualTo(taken);
            assertThat(queue).isEmpty();
        }
    }

    @Test
    void theThreadThatHasWaitedShortestGetsTheTask() throws Exception {
        CompletableFuture<Runnable> first = inThread(this::pollForLong);
        while (queue.waiting() < 1) {
            Thread.onSpinWait();
        }
        CompletableFuture<Runnable> second = inThread(this::pollForLong);
        while (queue.waiting() < 2) {
            Thread.onSpinWait();
        }
        assertThat(queue.offer(HandOffQueueTest::nothing)).isTrue();
        assertThat(second.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(first).isNotDone();
        assertThat(queue.offer(HandOffQueueTest::nothing)).isTrue();
        assertThat(first.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void noTaskOfAPoolWaitsForOneThatTakesLong() throws Exception {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 50, TimeUnit.MICROSECONDS, queue);
        for (int round = 0; round < 300; round++) {
            int tasks = 1 + round % 5;
            CountDownLatch together = new CountDownLatch(tasks);
            AtomicInteger met = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(tasks);
            for (int i = 0; i < tasks; i++) {
                pool.execute(() -> {
                    together.countDown();
                    try {
                        met.addAndGet(together.await(10, TimeUnit.SECONDS) ? 1 : 0);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(met).hasValue(tasks);
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> CompletableFuture<T> inThread(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task, "waiter").start());
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
