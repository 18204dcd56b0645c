/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.BatcherClock;
import io.batcher.BatcherScheduler;
import io.batcher.internal.buffer.ItemBufferModel;
import io.batcher.internal.delivery.CallTimeout;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.FallbackScheduler;
import io.batcher.internal.threads.FlushTimer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races of the engine's parts, explored schedule by schedule. */
@Tag("lincheck")
class InternalRacesTest {

    private static final int SCHEDULES = Boolean.getBoolean("batcher.soak") ? 500 : 100;

    /** The timeout fires while the call returns: either it was first, or no interrupt is left or pending. */
    @Test
    void timeoutAgainstCompletion() {
        runConcurrentTest(SCHEDULES, () -> {
            CallTimeout call = new CallTimeout();
            call.begin(); // on this thread
            Thread timer = new Thread(call::fire);
            timer.start();
            call.end();
            boolean leftBehind = Thread.interrupted();
            join(timer);
            check(!leftBehind && !Thread.interrupted(), "an interrupt outlived the call");
        });
    }

    /** Two threads request different times at once: the timer that stays armed is the one requested last, or an earlier one. */
    @ParameterizedTest
    @EnumSource
    void twoRequestsOfTheTimer(Timers kind) {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel(kind);
            run(() -> model.request(300L), () -> model.request(100L));
            model.checkNothingIsLost();
        });
    }

    /** A request is withdrawn while another is made: the timer of the last request is armed. */
    @ParameterizedTest
    @EnumSource
    void aRequestAgainstItsWithdrawal(Timers kind) {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel(kind);
            model.request(100L);
            run(() -> model.request(null), () -> model.request(200L));
            model.checkNothingIsLost();
        });
    }

    /** The timer fires while a thread makes a request: a timer is armed for the last request. */
    @ParameterizedTest
    @EnumSource
    void aFiringTimerAgainstARequest(Timers kind) {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel(kind);
            model.request(100L);
            run(model::fireFirst, () -> model.request(200L));
            model.checkNothingIsLost();
        });
    }

    /** The process-wide timer takes over a lost timer while a thread makes a request: a timer is armed for the last request. */
    @Test
    void aLostTimerAgainstARequest() {
        withLostTimer()
                .fireGuard(); // the first log line of a process initializes the logging, with locks that are no matter
        // here
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = withLostTimer();
            run(model::fireGuard, () -> model.request(200L));
            model.checkTakenOver();
        });
    }

    private static TimerModel withLostTimer() {
        TimerModel model = new TimerModel(Timers.GUARDED);
        model.request(100L);
        model.now = 100L + TimeUnit.SECONDS.toNanos(1);
        return model;
    }

    /** A producer stops between claim and store while its slot is taken: the taker waits for the item. */
    @Test
    void takeAgainstClaimedSlot() {
        runConcurrentTest(SCHEDULES, () -> {
            ItemBufferModel intake = new ItemBufferModel();
            List<Integer> got = new ArrayList<>();
            check(intake.add(1), "no room for the first item");
            run(() -> check(intake.add(2), "no room for the second item"), () -> got.addAll(intake.take()));
            got.addAll(intake.take());
            check(got.equals(List.of(1, 2)), "got " + got);
        });
    }

    /** Two producers and an eviction compete for the last slots while a batch is held: never more items than the capacity. */
    @Test
    void boundAgainstEvictionAndHeldBatch() {
        runConcurrentTest(SCHEDULES, () -> {
            ItemBufferModel intake = new ItemBufferModel();
            intake.add(1);
            run(
                    () -> intake.release(intake.hold().size()),
                    () -> {
                        intake.addAll(List.of(2, 3));
                        check(intake.depth() <= ItemBufferModel.CAPACITY, "above the capacity");
                    },
                    () -> {
                        intake.evict();
                        intake.add(4);
                        check(intake.depth() <= ItemBufferModel.CAPACITY, "above the capacity");
                    });
        });
    }

    /** Where timers come from. */
    enum Timers {
        EXACT,
        LAZY,
        GUARDED
    }

    /** A timer as the engine uses it: requested under a lock, armed without it. */
    private static final class TimerModel implements BatcherClock, BatcherScheduler {

        private final ReentrantLock lock = new ReentrantLock();
        private final List<FutureTask<Void>> set = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private final List<Runnable> guards = new ArrayList<>();
        private final List<Long> guardTimes = new ArrayList<>();
        private final Timers kind;
        private final FlushTimer timer;
        private volatile long now;
        private @Nullable Long request;

        TimerModel(Timers kind) {
            this.kind = kind;
            BatcherScheduler users = switch (kind) {
                case EXACT -> this;
                case LAZY -> null;
                case GUARDED -> (task, delay) -> schedule(task, delay);
            };
            BatcherScheduler processWide = kind == Timers.GUARDED ? this::scheduleProcessWide : this;
            this.timer = new FlushTimer(
                    new FallbackScheduler(users, processWide, this, new Log("model", this)), this, this::onTime);
        }

        /** The guard, and after a loss the timers themselves. */
        private synchronized Future<?> scheduleProcessWide(Runnable task, Duration delay) {
            guards.add(task);
            guardTimes.add(now + delay.toNanos());
            return new FutureTask<>(task, null);
        }

        void fireGuard() {
            Runnable guard;
            synchronized (this) {
                guard = guards.get(0);
            }
            guard.run();
        }

        void request(@Nullable Long at) {
            boolean moved;
            lock.lock();
            try {
                request = at;
                moved = timer.want(at, now, false);
            } finally {
                lock.unlock();
            }
            if (moved) {
                timer.reconcile();
            }
        }

        /** What the engine does when the timer fires and nothing is due yet: it repeats the request. */
        private void onTime() {
            boolean moved;
            lock.lock();
            try {
                moved = timer.want(request, now, false);
            } finally {
                lock.unlock();
            }
            if (moved) {
                timer.reconcile();
            }
        }

        @Override
        public synchronized Future<?> schedule(Runnable task, Duration delay) {
            FutureTask<Void> future = new FutureTask<>(task, null);
            set.add(future);
            times.add(now + delay.toNanos());
            return future;
        }

        void fireFirst() {
            FutureTask<Void> first;
            synchronized (this) {
                first = set.get(0);
            }
            first.run();
        }

        synchronized void checkNothingIsLost() {
            int pending = 0;
            long earliest = Long.MAX_VALUE;
            for (int i = 0; i < set.size(); i++) {
                if (!set.get(i).isDone()) {
                    pending++;
                    earliest = Math.min(earliest, times.get(i));
                }
            }
            check(request == null || earliest <= request, "nothing is set for " + request + ", but " + earliest);
            check(kind != Timers.EXACT || pending <= 1, pending + " timers are set");
        }

        /** The first process-wide timer was the guard; another fires at once, because the request is overdue. */
        synchronized void checkTakenOver() {
            boolean takenOver = guardTimes.stream().skip(1).anyMatch(at -> at <= now);
            check(takenOver, "no process-wide timer is set for now; set are " + guardTimes);
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }

        @Override
        public boolean await(CountDownLatch latch, long nanos) {
            throw new IllegalStateException("no call waits here");
        }
    }

    private static void run(Runnable... bodies) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable body : bodies) {
            Thread thread = new Thread(body);
            threads.add(thread);
            thread.start();
        }
        threads.forEach(InternalRacesTest::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("an interrupt outlived the call", e);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
