/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.AsyncBatchConsumer;
import io.batcher.Batch;
import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherScheduler;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of a race that Lincheck explores: threads under its control, a clock that stands still, timers that fire only when the
 * race fires them, and an executor with a thread per task. Nothing waits for time, so a lost wake-up shows as a deadlock.
 */
final class Race implements BatcherClock, BatcherScheduler, Executor {

    /** The number of schedules explored per race. */
    static final int SCHEDULES = Integer.getInteger("batcher.schedules", 500);

    private final List<Thread> threads = new ArrayList<>();
    private final List<FutureTask<Void>> timers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final boolean patient;

    /** The items of the attempts that succeeded. */
    final List<Integer> delivered = new ArrayList<>();

    final List<Integer> dropped = new ArrayList<>();
    final List<Integer> deadLettered = new ArrayList<>();

    /** A race in which a blocked call waits until it is released. */
    Race() {
        this(true);
    }

    /** A race in which a blocked call waits forever, or times out at once. */
    Race(boolean patient) {
        this.patient = patient;
    }

    /** A batcher whose attempts succeed. */
    Batcher<Integer> batcher(BatcherBuilder<Integer> options) {
        return batcher(options, this::deliver, null);
    }

    Batcher<Integer> batcher(BatcherBuilder<Integer> options, BatchConsumer<Integer> handler) {
        return batcher(options, handler, null);
    }

    Batcher<Integer> asyncBatcher(BatcherBuilder<Integer> options, AsyncBatchConsumer<Integer> handler) {
        return batcher(options, null, handler);
    }

    boolean hasDelivered(int item) {
        synchronized (delivered) {
            return delivered.contains(item);
        }
    }

    /** Returns a batcher of this race. Its options are built beforehand: Lincheck cannot follow the regular expression of the name. */
    Batcher<Integer> batcher(
            BatcherBuilder<Integer> options,
            @Nullable BatchConsumer<Integer> handler,
            @Nullable AsyncBatchConsumer<Integer> asyncHandler) {
        Batcher<Integer> batcher = options.onError(failure -> {})
                .onDeadLetter(this::deadLetter)
                .onDrop(this::drop)
                .executor(this)
                .scheduler((BatcherScheduler) this)
                .clock(this)
                .build();
        if (handler != null) {
            batcher.registerHandler(handler);
        }
        if (asyncHandler != null) {
            batcher.registerAsyncHandler(asyncHandler);
        }
        return batcher;
    }

    private void deadLetter(DeadLetter<Integer> letter) {
        synchronized (deadLettered) {
            deadLettered.addAll(letter.items());
        }
    }

    private void drop(int item) {
        synchronized (dropped) {
            dropped.add(item);
        }
    }

    void deliver(Batch<Integer> batch) {
        synchronized (delivered) {
            delivered.addAll(batch);
        }
    }

    /** Runs all bodies at once, and waits for them and for the threads that they started. */
    void run(Runnable... bodies) {
        for (Runnable body : bodies) {
            execute(body);
        }
        awaitThreads();
    }

    void awaitThreads() {
        for (int i = 0; i < threadCount(); i++) {
            join(thread(i));
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw new IllegalStateException("a thread failed", failures.get(0));
            }
        }
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int threadCount() {
        synchronized (threads) {
            return threads.size();
        }
    }

    private Thread thread(int index) {
        synchronized (threads) {
            return threads.get(index);
        }
    }

    @Override
    public void execute(Runnable task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (Throwable t) {
                synchronized (failures) {
                    failures.add(t);
                }
            }
        });
        synchronized (threads) {
            threads.add(thread);
        }
        thread.start();
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
        FutureTask<Void> timer = new FutureTask<>(task, null);
        synchronized (timers) {
            timers.add(timer);
        }
        return timer;
    }

    /** The timers that are set, in their order. */
    List<FutureTask<Void>> pending() {
        synchronized (timers) {
            return timers.stream().filter(timer -> !timer.isDone()).toList();
        }
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH;
    }

    @Override
    public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
        if (patient) {
            latch.await();
        }
        return latch.getCount() == 0;
    }

    /** Runs the timers that are set. */
    void fireTimers() {
        pending().forEach(FutureTask::run);
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Waits for a future. Not by {@code join}, with which Lincheck follows half of the fork-join pool. */
    static void settle(CompletableFuture<Void> future) {
        CountDownLatch done = new CountDownLatch(1);
        future.whenComplete((value, failure) -> done.countDown());
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void checkEquation(BatcherStats stats) {
        long settled = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack();
        check(stats.accepted() == settled + stats.depth(), "the equation does not hold: " + stats);
        check(stats.depth() >= 0 && stats.depth() <= stats.capacity(), "the bound does not hold: " + stats);
    }
}
