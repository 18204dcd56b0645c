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

    // Not "synchronized": a virtual thread that waits for a monitor holds its carrier before JDK 24.
    private final ReentrantLock lock = new ReentrantLock();

    private final FlushMachine<T> machine;
    private final BatcherClock clock;
    private final Executor executor;
    private final Scheduling scheduling;
    private final FlushTimer timer;
    private final FlushLoop<T> loop;
    private final Log log;

    /** Marks the thread that is closing, while it starts the loop: there the handler must not run. */
    private final Object notHere = new Object();

    Engine(BatcherConfig<T> config, FlushMachine<T> machine, Callbacks<T> callbacks, Log log) {
        this.machine = machine;
        this.clock = config.clock();
        this.executor = config.executor() == null ? SharedThreads.workers() : config.executor();
        this.scheduling = new Scheduling(config.scheduler(), log);
        this.timer = new FlushTimer(scheduling, clock, this::wake);
        this.loop = new FlushLoop<>(config, machine, this, callbacks, log);
        this.log = log;
    }

    /** Makes a transition and carries out what it decided. */
    <R> R change(Change<R> change) {
        Decision decision = new Decision();
        long now = clock.nanoTime();
        boolean timerMoved = false;
        R result;
        lock.lock();
        try {
            result = change.make(now, decision);
            machine.wake(now, decision);
            if (machine.isIdle()) {
                timerMoved = timer.want(machine.nextMoment(now));
            }
        } finally {
            lock.unlock();
        }
        if (timerMoved) {
            timer.reconcile();
        }
        decision.carryOut();
        if (decision.loopToStart() != 0) {
            start(decision.loopToStart());
        }
        return result;
    }

    /** Something may have become due. */
    void wake() {
        change((now, decision) -> true);
    }

    BatcherStats stats() {
        long now = clock.nanoTime();
        lock.lock();
        try {
            return machine.stats(now);
        } finally {
            lock.unlock();
        }
    }

    /** The generation of the loop that the executor has not begun; 0 if there is none. */
    int queued() {
        lock.lock();
        try {
            return machine.queued();
        } finally {
            lock.unlock();
        }
    }

    BatcherClock clock() {
        return clock;
    }

    Future<?> schedule(Runnable task, Duration delay) {
        return scheduling.schedule(task, delay);
    }

    // ---- starting the loop

    private void start(int generation) {
        try {
            executor.execute(() -> run(generation));
            log.executorAccepts();
        } catch (Throwable refusal) {
            log.executorRefused(refusal);
            change((now, decision) -> {
                machine.refused(generation, now);
                return true;
            });
        }
    }

    private void run(int generation) {
        if (!CallScope.isInside(notHere)) {
            loop.run(generation);
        }
    }

    /** Makes a transition on behalf of close: whatever it starts does not run on this thread. */
    <R> R changeWithoutRunningHere(Change<R> change) {
        try (CallScope scope = CallScope.enter(notHere)) {
            return change(change);
        }
    }

    /** Runs the loop on a fresh thread if the executor has not begun it. */
    void startElsewhere(int generation, String threadName) {
        int mine = change((now, decision) -> machine.takeOver(generation));
        if (mine != 0) {
            SharedThreads.runOnFreshThread(threadName, () -> loop.run(mine));
        }
    }
}
