/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.SharedThreads;
import io.batcher.internal.threads.Successor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gives the flush loop to the executor, and sees to it that it runs: where the executor refuses, where it has lost a start, and where the
 * loop must not run on the thread that starts it. Thread-safe.
 */
final class LoopRunner<T> {

    private final FlushMachine<T> machine;
    private final Engine<T> engine;
    private final FlushLoop<T> loop;
    private final Log log;
    private final Executor executor;
    private final boolean isOwn;

    /** Whether a call of the executor may block: not the process-wide pool's, and not where time is virtual. */
    private final boolean mayBlock;

    private final String batcher;

    /** Marks a thread on which the handler must not run, even if the executor would: a timer's, and the one that closes. */
    private final Object notHere = new Object();

    LoopRunner(BatcherConfig<T> config, FlushMachine<T> machine, Engine<T> engine, Callbacks<T> callbacks, Log log) {
        this.machine = machine;
        this.engine = engine;
        this.loop = new FlushLoop<>(config, machine, engine, this, callbacks, log);
        this.log = log;
        this.isOwn = config.executor() == null;
        this.mayBlock = !isOwn && config.clock() == BatcherClock.system();
        this.executor = config.executor() == null ? SharedThreads.workers() : config.executor();
        this.batcher = config.name();
    }

    /** Whether the executor is the process-wide pool, which never blocks, refuses or loses a task. */
    boolean isOwn() {
        return isOwn;
    }

    Executor executor() {
        return executor;
    }

    /** Enters a scope in which the loop does not run on this thread, whatever the executor does. */
    CallScope notHere() {
        return CallScope.enter(notHere);
    }

    /** Starts the loop that a decision asks for. */
    void start(Decision decision) {
        long generation = decision.loopToStart();
        if (generation != 0) {
            try {
                if (decision.isRestart()) {
                    log.taskLost();
                }
            } finally {
                // The loop itself starts the next one where its stage has ended while it was leaving.
                if (CallScope.isInside(notHere) || CallScope.isInside(engine)) {
                    callExecutor(() -> start(generation));
                } else {
                    start(generation);
                }
            }
        }
    }

    /**
     * Makes a call of the executor for a thread that must not be held up: on another thread if the executor may block.
     *
     * @param call does not throw
     * @return false if there is no thread for it
     */
    boolean callExecutor(Runnable call) {
        try {
            if (mayBlock) {
                SharedThreads.workers().execute(call);
            } else {
                call.run();
            }
            return true;
        } catch (Throwable noThread) {
            log.executorRefused(noThread);
            return false;
        }
    }

    private void start(long generation) {
        try {
            execute(generation);
        } catch (Throwable refusal) {
            machine.task().executorThrew(generation);
            boolean elsewhere = engine.change((now, decision) -> machine.isToStartElsewhere(generation));
            log.executorRefused(refusal);
            if (elsewhere) {
                tryOnFreshThread(generation);
            }
        }
    }

    private void execute(long generation) {
        machine.task().executorAsked(generation);
        try (CallScope scope = CallScope.enter(this)) {
            executor.execute(() -> run(generation));
        } finally {
            machine.task().executorReturned(generation);
        }
    }

    private void run(long generation) {
        try {
            if (CallScope.isInside(notHere)) {
                runOnFreshThread(generation);
            } else {
                // An executor that runs the task inside "execute" has no other thread to give it to.
                loop.run(generation, !isOwn && !CallScope.isInside(this));
            }
        } catch (Throwable error) {
            machine.task().abandon(generation);
            throw error;
        }
    }

    /**
     * Asks the executor for a task that goes on with the running loop, without holding that up: an executor that blocks may do so until it
     * has the loop's thread.
     *
     * @return null if it is not asked: there is nothing to go on with, or no thread to ask on
     */
    @Nullable Successor askForSuccessor() {
        Successor successor = new Successor();
        boolean asks = engine.change((now, decision) -> machine.goesOn(now)) && callExecutor(() -> ask(successor));
        return asks ? successor : null;
    }

    private void ask(Successor successor) {
        try (CallScope scope = CallScope.enter(this)) {
            executor.execute(() -> succeed(successor));
        } catch (Throwable refusal) {
            // The loop goes on where it is, or if it has given up its thread is started again.
            if (engine.change((now, decision) -> machine.refused(successor))) {
                log.executorRefused(refusal);
            }
        } finally {
            successor.executorReturned();
        }
    }

    private void succeed(Successor successor) {
        long generation = engine.change((now, decision) -> machine.succeed(successor));
        if (generation != 0) {
            run(generation);
        }
    }

    /**
     * Gives the thread of a running loop to others, behind whom its successor waits, if there is something left to do.
     *
     * @return whether the loop is to end: not if the successor is of no use
     */
    boolean handOver(Successor successor) {
        return engine.change((now, decision) -> machine.giveTurn(successor, now));
    }

    /** Runs the loop on a fresh thread, unless the executor has begun it. */
    void startElsewhere(long generation) {
        long mine = engine.change((now, decision) -> machine.task().takeOver(generation));
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
        SharedThreads.runOnFreshThread("batcher-" + batcher, () -> loop.run(generation, false));
    }
}
