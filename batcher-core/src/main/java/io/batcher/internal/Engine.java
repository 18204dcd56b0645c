/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link FlushMachine} and {@link Intake}: the one lock that guards both, the clock, the timer and the executor.
 * Decides under the lock, acts outside it. Thread-safe.
 */
final class Engine<T> {

    /** A transition: what happens under the lock. */
    interface Change<R> {
        /**
         * Makes the transition.
         *
         * @param now in nanoseconds of the batcher's clock
         * @param decision takes what is to be done outside the lock
         */
        R make(long now, Decision decision);
    }

    /** A {@link Change} without a result. */
    interface Update {
        /** Makes the transition; the parameters are those of {@link Change#make}. */
        void make(long now, Decision decision);
    }

    private static final int SPINS_BEFORE_PARK = 200;

    // Not "synchronized": a virtual thread that waits for a monitor holds its carrier before JDK 24.
    private final ReentrantLock lock = new ReentrantLock();

    private final FlushMachine<T> machine;
    private final BatcherClock clock;
    private final Executor executor;
    private final Scheduling scheduling;
    private final FlushTimer timer;
    private final FlushLoop<T> loop;
    private final Log log;
    private final String threadName;

    /** Marks a thread on which the handler must not run, even if the executor would: the timer's, and the one that closes. */
    private final Object notHere = new Object();

    Engine(BatcherConfig<T> config, FlushMachine<T> machine, Callbacks<T> callbacks, Log log) {
        this.machine = machine;
        this.clock = config.clock();
        this.executor = config.executor() == null ? SharedThreads.workers() : config.executor();
        this.scheduling = new Scheduling(config.scheduler(), log);
        this.timer = new FlushTimer(scheduling, clock, this::onTime);
        this.loop = new FlushLoop<>(config, machine, this, callbacks, log);
        this.log = log;
        this.threadName = "batcher-" + config.name();
    }

    /** Makes a transition and carries out what it decided. */
    <R> R change(Change<R> change) {
        Decision decision = new Decision();
        long now = clock.nanoTime();
        boolean timerMoved = false;
        try {
            lock();
            machine.count();
            R result = change.make(now, decision);
            machine.wake(now, decision);
            if (machine.isIdle()) {
                timerMoved = timer.want(machine.nextMoment(now));
            }
            return result;
        } finally {
            unlock();
            carryOut(decision, timerMoved); // also after an error: what was decided before it has happened
        }
    }

    /** Does all of it, even if a part of it throws an error: the transition has been made. */
    private void carryOut(Decision decision, boolean timerMoved) {
        try {
            if (timerMoved) {
                timer.reconcile();
            }
        } finally {
            try {
                decision.carryOut();
            } finally {
                if (decision.loopToStart() != 0) {
                    start(decision.loopToStart());
                }
            }
        }
    }

    /** A transition takes less than a microsecond, to park and to be woken takes many: spin before that. */
    private void lock() {
        for (int spins = 0; spins < SPINS_BEFORE_PARK; spins++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Where the stack ends, the JDK delays the error until the lock is held: so to lock is a part of what is tried. */
    private void unlock() {
        if (lock.isHeldByCurrentThread()) {
            lock.unlock();
        }
    }

    /** As {@link #change}, for a transition without a result. */
    void update(Update update) {
        change((now, decision) -> {
            update.make(now, decision);
            return true;
        });
    }

    /** As {@link #change}, but what it starts does not run on this thread, whatever the executor does. */
    <R> R changeWithoutRunningHere(Change<R> change) {
        try (CallScope scope = CallScope.enter(notHere)) {
            return change(change);
        }
    }

    /** Something may have become due. */
    void wake() {
        update((now, decision) -> {});
    }

    private void onTime() {
        changeWithoutRunningHere((now, decision) -> true);
    }

    BatcherStats stats() {
        long now = clock.nanoTime();
        try {
            lock();
            return machine.stats(now);
        } finally {
            unlock();
        }
    }

    /** The generation of the loop that the executor has not begun; 0 if there is none. */
    long queued() {
        try {
            lock();
            return machine.task().queued();
        } finally {
            unlock();
        }
    }

    BatcherClock clock() {
        return clock;
    }

    /** Runs a task later, once. What it starts does not run on the timer's thread. */
    Future<?> schedule(Runnable task, Duration delay) {
        return scheduling.schedule(
                () -> {
                    try (CallScope scope = CallScope.enter(notHere)) {
                        task.run();
                    }
                },
                delay);
    }

    /** Withdraws a task that was scheduled. */
    void cancel(@Nullable Future<?> handle) {
        scheduling.cancel(handle);
    }

    // ---- starting the loop

    private void start(long generation) {
        try {
            executor.execute(() -> run(generation));
        } catch (Throwable refusal) {
            machine.task().executorThrew(generation);
            boolean elsewhere = change((now, decision) -> machine.isToStartElsewhere(generation));
            log.executorRefused(refusal);
            if (elsewhere) {
                tryOnFreshThread(generation);
            }
        }
    }

    private void run(long generation) {
        try {
            if (CallScope.isInside(notHere)) {
                runOnFreshThread(generation);
            } else {
                loop.run(generation);
            }
        } catch (Throwable error) {
            machine.task().abandon(generation);
            throw error;
        }
    }

    /** Runs the loop on a fresh thread, unless the executor has begun it. */
    void startElsewhere(long generation) {
        long mine = change((now, decision) -> machine.task().takeOver(generation));
        if (mine != 0) {
            tryOnFreshThread(mine);
        }
    }

    /** Where no thread can be made, close asks again until its time is over. */
    private void tryOnFreshThread(long generation) {
        try {
            runOnFreshThread(generation);
        } catch (Throwable refusal) {
            log.executorRefused(refusal);
        }
    }

    private void runOnFreshThread(long generation) {
        SharedThreads.runOnFreshThread(threadName, () -> loop.run(generation));
    }
}
