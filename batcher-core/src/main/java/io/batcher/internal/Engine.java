/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.FallbackScheduler;
import io.batcher.internal.threads.FlushTimer;
import io.batcher.internal.threads.SharedThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link FlushMachine} and {@link ItemBuffer}: the one lock that guards both, the clock, the timer and the executor.
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
    private final FlushTimer timer;
    private final LoopRunner<T> runner;

    /** Whether scheduler and executor are the process-wide ones: then no transition that a timer starts calls the user's code. */
    private final boolean isAllOwn;

    /** Whether time is virtual, so that what is due has to be done on the thread that moves it. */
    private final boolean isVirtual;

    Engine(BatcherConfig<T> config, FlushMachine<T> machine, Callbacks<T> callbacks, Log log) {
        this.machine = machine;
        this.clock = config.clock();
        FallbackScheduler scheduling = new FallbackScheduler(config.scheduler(), SharedThreads.scheduler(), clock, log);
        this.timer = new FlushTimer(scheduling, clock, this::onTime);
        this.runner = new LoopRunner<>(config, machine, this, callbacks, log);
        this.isAllOwn = runner.isOwn() && config.scheduler() == null;
        this.isVirtual = clock != BatcherClock.system();
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
            Long next = machine.nextMoment(now);
            if (next != null || machine.isIdle() || machine.isClosed()) {
                timerMoved = timer.want(next, now, machine.isClosed());
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
                runner.start(decision);
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
        try (CallScope scope = runner.notHere()) {
            return change(change);
        }
    }

    /** Something may have become due. */
    void wake() {
        update((now, decision) -> {});
    }

    /** On the timer's thread. The user's executor and scheduler may block, and a log appender too: not there. */
    private void onTime() {
        if (isAllOwn || (isVirtual && !SharedThreads.isTimerThread())) {
            changeWithoutRunningHere((now, decision) -> true);
        } else {
            SharedThreads.workers().execute(this::wake);
        }
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

    /** Whether the call that runs now waits for this thread, as far as that can be told. */
    boolean isAwaitedByCall() {
        CallScope run = run();
        return CallScope.isInside(this) || (run != null && run.awaitsCurrentThread());
    }

    /** Whether the call that runs now is inside {@code System.exit}. */
    boolean isCallExiting() {
        CallScope run = run();
        return run != null && run.isExiting();
    }

    private @Nullable CallScope run() {
        try {
            lock();
            return machine.task().run();
        } finally {
            unlock();
        }
    }

    BatcherClock clock() {
        return clock;
    }

    /** Makes a call of the executor that neither holds up this thread nor runs the task on it. */
    void callExecutor(Consumer<Executor> call) {
        runner.callExecutor(() -> call.accept(runner.executor()));
    }

    /** Runs the loop on a fresh thread, unless the executor has begun it. */
    void startElsewhere(long generation) {
        runner.startElsewhere(generation);
    }
}
