/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.BatcherClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Races of the engine's parts, explored schedule by schedule. */
@Tag("lincheck")
class InternalRacesTest {

    private static final int SCHEDULES = Boolean.getBoolean("batcher.soak") ? 500 : 100;

    /** The timeout fires while the call returns: either it came first, or no interrupt is left behind or on its way. */
    @Test
    void timeoutAgainstCompletion() {
        runConcurrentTest(SCHEDULES, () -> {
            CallTimeout call = new CallTimeout(); // of this thread
            Thread timer = new Thread(call::fire);
            timer.start();
            call.end();
            boolean leftBehind = Thread.interrupted();
            join(timer);
            check(!leftBehind && !Thread.interrupted(), "an interrupt outlived the call");
        });
    }

    /** Two threads wish for different times at once: the timer that stays set is the one that was wished for last, or an earlier one. */
    @Test
    void twoWishesOfTheTimer() {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel();
            run(() -> model.wish(300L), () -> model.wish(100L));
            model.checkNothingIsLost();
        });
    }

    /** A wish is withdrawn and another made at once: the timer of the last wish is set. */
    @Test
    void aWishAgainstItsWithdrawal() {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel();
            model.wish(100L);
            run(() -> model.wish(null), () -> model.wish(200L));
            model.checkNothingIsLost();
        });
    }

    /** The timer fires while a thread makes a wish: whatever is wished for in the end, a timer is set for it. */
    @Test
    void aFiringTimerAgainstAWish() {
        runConcurrentTest(SCHEDULES, () -> {
            TimerModel model = new TimerModel();
            model.wish(100L);
            run(model::fireFirst, () -> model.wish(200L));
            model.checkNothingIsLost();
        });
    }

    /** A producer stops between claim and store while its slot is taken: the taker waits for the item. */
    @Test
    void takeAgainstClaimedSlot() {
        runConcurrentTest(SCHEDULES, () -> {
            IntakeModel intake = new IntakeModel();
            List<Integer> got = new ArrayList<>();
            check(intake.add(1), "no room for the first item");
            run(() -> check(intake.add(2), "no room for the second item"), () -> got.addAll(intake.take()));
            got.addAll(intake.take());
            check(got.equals(List.of(1, 2)), "got " + got);
        });
    }

    /** Two producers and an eviction fight for the last slots while a batch is held: never more items than the capacity. */
    @Test
    void boundAgainstEvictionAndHeldBatch() {
        runConcurrentTest(SCHEDULES, () -> {
            IntakeModel intake = new IntakeModel();
            intake.add(1);
            run(
                    () -> intake.release(intake.hold().size()),
                    () -> {
                        intake.addAll(List.of(2, 3));
                        check(intake.depth() <= IntakeModel.CAPACITY, "above the capacity");
                    },
                    () -> {
                        intake.evict();
                        intake.add(4);
                        check(intake.depth() <= IntakeModel.CAPACITY, "above the capacity");
                    });
        });
    }

    /** A timer as the engine uses it: wishes under a lock, made real outside it. */
    private static final class TimerModel implements BatcherClock {

        private final ReentrantLock lock = new ReentrantLock();
        private final List<FutureTask<Void>> set = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private final FlushTimer timer =
                new FlushTimer(new Scheduling(this::schedule, new Log("model", this)), this, this::onTime);
        private @Nullable Long wish;

        void wish(@Nullable Long at) {
            boolean moved;
            lock.lock();
            try {
                wish = at;
                moved = timer.want(at);
            } finally {
                lock.unlock();
            }
            if (moved) {
                timer.reconcile();
            }
        }

        /** What the engine does when the timer fires and nothing is due yet: it still wants what it wanted. */
        private void onTime() {
            boolean moved;
            lock.lock();
            try {
                moved = timer.want(wish);
            } finally {
                lock.unlock();
            }
            if (moved) {
                timer.reconcile();
            }
        }

        private synchronized Future<?> schedule(Runnable task, Duration delay) {
            FutureTask<Void> future = new FutureTask<>(task, null);
            set.add(future);
            times.add(delay.toNanos());
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
            check(wish == null || earliest <= wish, "nothing is set for " + wish + ", but " + earliest);
            check(pending <= 1, pending + " timers are set");
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
        public boolean await(CountDownLatch latch, long nanos) {
            throw new IllegalStateException("nobody waits here");
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
