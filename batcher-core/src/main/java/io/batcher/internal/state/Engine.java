/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.lanes.When;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.FallbackScheduler;
import io.batcher.internal.threads.FlushTimer;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.SharedThreads;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The door to the state of a batcher: holds its one lock, and passes the {@link FlushMachine} to a transition while the lock is held.
 * Carries out afterwards what the transition decided. Thread-safe.
 */
public final class Engine<T> {

    /** A change of the state, made with the lock held. */
    public interface Transition<T, R> {
        /**
         * Makes the change.
         *
         * @param machine not to be kept: it is guarded by the lock
         * @param now in nanoseconds of the batcher's clock
         * @param decision takes what is to be done after the lock is released
         */
        R make(FlushMachine<T> machine, long now, Decision decision);
    }

    /** A {@link Transition} without a result. */
    public interface Update<T> {
        /** Makes the change; the parameters are those of {@link Transition#make}. */
        void make(FlushMachine<T> machine, long now, Decision decision);
    }

    /** Starts the runs of the flush loop that transitions ask for. */
    public interface LoopStarter {
        /**
         * Starts a run, on another thread than one that is {@linkplain #mustNotRunLoop() not to run it}.
         *
         * @param replacesLost whether the executor has lost the task of the run before
         */
        void start(long runNumber, boolean replacesLost);
    }

    private static final int SPINS_BEFORE_PARK = 200;

    private static final LoopStarter NOT_CONNECTED = (runNumber, replacesLost) -> {
        throw new IllegalStateException("the engine has no loop to start");
    };

    // Not "synchronized": a virtual thread that waits for a monitor holds its carrier before JDK 24.
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock") private final FlushMachine<T> machine;

    private final LoopSignals signals;
    private final BatcherClock clock;
    private final FlushTimer timer;

    /** Whether neither scheduler nor executor is the user's: then a transition on the timer's thread calls no user code. */
    private final boolean isAllOwn;

    /** Whether time is virtual: what is due is then done on the thread that moves the time. */
    private final boolean isVirtual;

    /** The mark of a thread on which the loop must not run. */
    private final Object noLoop = new Object();

    private LoopStarter starter = NOT_CONNECTED;

    public Engine(BatcherConfig<T> config, Lanes<T> lanes, Log log) {
        this.signals = new LoopSignals(lanes.loops(config));
        this.machine = new FlushMachine<>(config, lanes, signals);
        this.clock = config.clock();
        FallbackScheduler scheduler = new FallbackScheduler(config.scheduler(), SharedThreads.scheduler(), clock, log);
        this.timer = new FlushTimer(scheduler, clock, this::onTime);
        this.isAllOwn = config.executor() == null && config.scheduler() == null;
        this.isVirtual = clock != BatcherClock.system();
    }

    /** Completes the construction: the loop needs the engine, which starts it. */
    public void connect(LoopStarter starter) {
        this.starter = starter;
    }

    // ---- the lock

    /** Makes a transition, then carries out what it decided. */
    public <R> R change(Transition<T, R> transition) {
        Decision decision = new Decision();
        long now = clock.nanoTime();
        boolean timerMoved = false;
        acquire();
        try {
            R result = transition.make(machine, now, decision);
            When next = machine.loop().wake(now, decision);
            if (next instanceof When.At
                    || machine.loop().isIdle()
                    || machine.isClosed()) { // else the timer can stay as it is
                timerMoved = timer.want(next.moment(), now, machine.isClosed());
            }
            return result;
        } finally {
            lock.unlock();
            carryOut(decision, timerMoved); // also after an error: what was decided before it has happened
        }
    }

    /** As {@link #change}, for a transition without a result. */
    public void update(Update<T> update) {
        change((machine, now, decision) -> {
            update.make(machine, now, decision);
            return true;
        });
    }

    /** Reads the state and changes nothing. */
    public <R> R read(Function<FlushMachine<T>, R> reading) {
        acquire();
        try {
            return reading.apply(machine);
        } finally {
            lock.unlock();
        }
    }

    /** Spins before it parks: a transition takes less than a microsecond, parking takes many. */
    private void acquire() {
        for (int spins = 0; spins < SPINS_BEFORE_PARK; spins++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Does all of it, even if a part throws an error: the transition has been made. */
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
                    starter.start(decision.loopToStart(), decision.isRestart());
                }
            }
        }
    }

    // ---- events

    /** Starts the loop if something is due. */
    public void wake() {
        update((machine, now, decision) -> {});
    }

    /** Runs on the timer's thread, which the user's executor and scheduler, and a log appender, must not block. */
    private void onTime() {
        if (isAllOwn || (isVirtual && !SharedThreads.isTimerThread())) {
            changeWithoutRunningHere((machine, now, decision) -> true);
        } else {
            SharedThreads.workers().execute(this::wake);
        }
    }

    /** As {@link #change}, but the loop that it starts does not run on this thread, whatever the executor does. */
    public <R> R changeWithoutRunningHere(Transition<T, R> transition) {
        try (CallScope scope = CallScope.enter(noLoop)) {
            return change(transition);
        }
    }

    // ---- what may be used without the lock

    public LoopSignals signals() {
        return signals;
    }

    public BatcherClock clock() {
        return clock;
    }

    /** Marks this thread as inside a handler or callback of the batcher. */
    public CallScope enterCallback() {
        return CallScope.enter(this);
    }

    /** Whether this thread is inside a handler or callback of the batcher. */
    public boolean isInsideCallback() {
        return CallScope.isInside(this);
    }

    /** Whether the loop must not run on this thread: a timer's, or the one that closes. */
    public boolean mustNotRunLoop() {
        return CallScope.isInside(noLoop);
    }
}
