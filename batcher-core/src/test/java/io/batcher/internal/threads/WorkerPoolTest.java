/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** {@link WorkerPool}: each task runs once, on the thread that was idle for the shortest time or on a new one. */
class WorkerPoolTest {

    private final List<Thread> made = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());

    private final ThreadFactory threads = task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((where, thrown) -> uncaught.add(thrown));
        made.add(thread);
        return thread;
    };

    private final WorkerPool pool = new WorkerPool(threads, TimeUnit.HOURS.toNanos(1));

    private Thread run(Runnable task) throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        pool.execute(() -> {
            try {
                task.run();
            } finally {
                ran.complete(Thread.currentThread());
            }
        });
        return ran.get(10, TimeUnit.SECONDS);
    }

    /** The worker is idle a moment after its task has ended. */
    private void awaitIdle(Thread... threads) {
        for (Thread thread : threads) {
            long begin = System.nanoTime();
            while (LockSupport.getBlocker(thread) != pool) {
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(10));
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void anIdleThreadIsUsedAgain() throws Exception {
        Thread first = run(() -> {});
        awaitIdle(first);
        assertThat(run(() -> {})).isSameAs(first);
        assertThat(made).hasSize(1);
    }

    @Test
    void aTaskThatComesWhileAllAreBusyGetsAThreadOfItsOwn() throws Exception {
        CountDownLatch ends = new CountDownLatch(1);
        pool.execute(() -> await(ends));
        assertThat(run(() -> {})).isNotSameAs(made.get(0));
        ends.countDown();
    }

    @Test
    void theThreadThatWasIdleForTheShortestTimeIsFirst() throws Exception {
        CountDownLatch ends = new CountDownLatch(1);
        pool.execute(() -> await(ends));
        Thread second = run(() -> {});
        awaitIdle(second);
        Thread first = made.get(0);
        ends.countDown();
        awaitIdle(first);
        assertThat(run(() -> {})).isSameAs(first);
    }

    @Test
    void aTaskThatThrowsEndsNothingAndIsReported() throws Exception {
        IllegalStateException thrown = new IllegalStateException("no");
        Thread thread = run(() -> {
            throw thrown;
        });
        awaitIdle(thread);
        assertThat(run(() -> {})).isSameAs(thread);
        assertThat(uncaught).containsExactly(thrown);
    }

    @Test
    void anInterruptThatATaskLeavesBehindIsNotForTheNextOne() throws Exception {
        Thread thread = run(() -> Thread.currentThread().interrupt());
        awaitIdle(thread);
        boolean[] interrupted = {true};
        assertThat(run(() -> interrupted[0] = Thread.currentThread().isInterrupted()))
                .isSameAs(thread);
        assertThat(interrupted[0]).isFalse();
    }

    @Test
    void aThreadThatIsIdleForTooLongEnds() throws Exception {
        WorkerPool brief = new WorkerPool(threads, TimeUnit.MILLISECONDS.toNanos(1));
        CountDownLatch ran = new CountDownLatch(2);
        brief.execute(ran::countDown);
        made.get(0).join(10_000);
        assertThat(made.get(0).isAlive()).isFalse();
        brief.execute(ran::countDown);
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Threads that leave race with tasks that come: none is lost and none runs twice. */
    @Test
    void everyTaskRunsOnceWhileThreadsLeave() throws Exception {
        WorkerPool hasty = new WorkerPool(threads, TimeUnit.MICROSECONDS.toNanos(20));
        int tasks = 20_000;
        AtomicInteger[] runs = new AtomicInteger[tasks];
        CountDownLatch all = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            AtomicInteger mine = new AtomicInteger();
            runs[i] = mine;
            hasty.execute(() -> {
                mine.incrementAndGet();
                all.countDown();
            });
            for (int spins = 0; spins < i % 500; spins++) {
                Thread.onSpinWait();
            }
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : List.copyOf(made)) {
            thread.join(10_000);
        }
        assertThat(runs).allMatch(count -> count.get() == 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
