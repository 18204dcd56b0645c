/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import java.util.concurrent.Executor;

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
    private final String batcher;

    /** Marks a thread on which the handler must not run, even if the executor would: a timer's, and the one that closes. */
    private final Object notHere = new Object();

    LoopRunner(BatcherConfig<T> config, FlushMachine<T> machine, Engine<T> engine, Callbacks<T> callbacks, Log log) {
        this.machine = machine;
        this.engine = engine;
        this.loop = new FlushLoop<>(config, machine, engine, this, callbacks, log);
        this.log = log;
        this.isOwn = config.executor() == null;
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
            if (decision.isRestart()) {
                log.taskLost();
            }
            start(generation);
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
        try (CallScope scope = CallScope.enter(this)) {
            executor.execute(() -> run(generation));
        }
        machine.task().executorAccepted(generation);
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
     * Gives the thread of a running loop back to the executor, behind what else waits there, if there is something left to do.
     *
     * @return the generation with which the loop goes on here, also because the executor refuses; 0 if it goes on elsewhere
     */
    long handOver(long generation) {
        long next = engine.change((now, decision) -> machine.giveTurn(now));
        if (next == 0) {
            return generation;
        }
        try {
            execute(next);
            return 0;
        } catch (Throwable refusal) {
            return engine.change((now, decision) -> machine.task().begin(next)) ? next : 0;
        }
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
