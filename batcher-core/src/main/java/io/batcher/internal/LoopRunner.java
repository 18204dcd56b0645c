/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.internal.report.Log;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.SharedThreads;
import io.batcher.internal.threads.Successor;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gets a thread for the flush loop: from the executor, or a fresh one where the executor refuses, has lost a task while the batcher
 * closes, or would run the loop on a thread that must not be blocked. Thread-safe.
 */
final class LoopRunner<T> implements Engine.LoopStarter, FlushLoop.ThreadSharing {

    private final Engine<T> engine;
    private final LoopSignals signals;
    private final FlushLoop<T> loop;
    private final Log log;
    private final Executor executor;
    private final boolean isOwn;

    /** Whether a call of the executor may block: not the process-wide pool's, and not where time is virtual. */
    private final boolean mayBlock;

    private final String batcher;

    LoopRunner(BatcherConfig<T> config, Engine<T> engine, FlushLoop<T> loop, Log log) {
        this.engine = engine;
        this.signals = engine.signals();
        this.loop = loop;
        this.log = log;
        this.isOwn = config.executor() == null;
        this.mayBlock = !isOwn && config.clock() == BatcherClock.system();
        this.executor = config.executor() == null ? SharedThreads.workers() : config.executor();
        this.batcher = config.name();
    }

    // ---- starts

    @Override
    public void start(long runNumber, boolean replacesLost) {
        try {
            if (replacesLost) {
                log.taskLost();
            }
        } finally {
            // The loop itself starts the next run where its stage has ended while it was detaching.
            if (engine.mustNotRunLoop() || engine.isInsideCallback()) {
                callExecutor(() -> start(runNumber));
            } else {
                start(runNumber);
            }
        }
    }

    /** Calls the executor without blocking this thread, and without running on it what the executor is given. */
    void callExecutor(Consumer<Executor> call) {
        callExecutor(() -> call.accept(executor));
    }

    /**
     * Makes a call of the executor for a thread that must not be blocked: on another thread if the executor may block.
     *
     * @param call does not throw
     * @return false if there is no thread for it
     */
    private boolean callExecutor(Runnable call) {
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

    private void start(long runNumber) {
        try {
            execute(runNumber);
        } catch (Throwable refusal) {
            signals.executorThrew(runNumber);
            boolean elsewhere =
                    engine.change((machine, now, decision) -> machine.loop().isToStartElsewhere(runNumber));
            log.executorRefused(refusal);
            if (elsewhere) {
                tryOnFreshThread(runNumber);
            }
        }
    }

    private void execute(long runNumber) {
        signals.executorAsked(runNumber);
        try (CallScope scope = CallScope.enter(this)) {
            executor.execute(() -> run(runNumber));
        } finally {
            signals.executorReturned(runNumber);
        }
    }

    private void run(long runNumber) {
        try {
            if (engine.mustNotRunLoop()) {
                runOnFreshThread(runNumber);
            } else {
                // An executor that runs the task inside "execute" has no other thread to give it to.
                boolean sharesThread = !isOwn && !CallScope.isInside(this);
                loop.run(runNumber, sharesThread ? this : null);
            }
        } catch (Throwable error) {
            signals.abandon(runNumber);
            throw error;
        }
    }

    // ---- successors

    /** {@inheritDoc} An executor that blocks may do so until it has the loop's thread, so another thread calls it. */
    @Override
    public @Nullable Successor askForSuccessor() {
        Successor successor = new Successor();
        boolean asks = engine.change((machine, now, decision) -> machine.loop().hasMoreToDo(now))
                && callExecutor(() -> ask(successor));
        return asks ? successor : null;
    }

    private void ask(Successor successor) {
        try (CallScope scope = CallScope.enter(this)) {
            executor.execute(() -> succeed(successor));
        } catch (Throwable refusal) {
            // The loop continues where it is, or is started again if it has ended.
            if (engine.change((machine, now, decision) -> machine.loop().refuseSuccessor(successor))) {
                log.executorRefused(refusal);
            }
        } finally {
            successor.executorReturned();
        }
    }

    /** Runs as a task of the executor: a run that this transition starts must not wait on it for the thread that it holds. */
    private void succeed(Successor successor) {
        long runNumber = engine.changeWithoutRunningHere((machine, now, decision) -> successor.begin());
        if (runNumber != 0) {
            run(runNumber);
        }
    }

    @Override
    public boolean handOver(long runNumber, Successor successor) {
        return engine.change((machine, now, decision) -> machine.loop().handOver(runNumber, successor, now));
    }

    // ---- fresh threads

    /** Runs the loop on a fresh thread, unless the executor has begun it. */
    void startElsewhere(long runNumber) {
        long mine =
                engine.change((machine, now, decision) -> machine.loop().runs().takeOver(runNumber));
        if (mine != 0) {
            tryOnFreshThread(mine);
        }
    }

    /** Where no thread can be made, close asks again until its timeout. */
    private void tryOnFreshThread(long runNumber) {
        try {
            runOnFreshThread(runNumber);
        } catch (Throwable refusal) {
            log.executorRefused(refusal);
        }
    }

    private void runOnFreshThread(long runNumber) {
        SharedThreads.runOnFreshThread("batcher-" + batcher, () -> loop.run(runNumber, null));
    }
}
