/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.DeadLetter;
import io.batcher.FlushReason;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.Caller;
import io.batcher.internal.state.Decision;
import io.batcher.internal.state.Engine;
import io.batcher.internal.state.FlushMachine;
import io.batcher.internal.state.LoopAction;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.IdleSpin;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.Successor;
import io.batcher.internal.threads.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Delivers batches one after the other, on the thread that runs it: a transition says what to do, the loop does it without the lock, and
 * another transition takes the outcome. As many runs are active as calls may be made at once; none waits while a stage is pending.
 */
final class FlushLoop<T> {

    /** Gives a thread to other tasks of its executor, behind which the loop continues. */
    interface ThreadSharing {
        /** Asks the executor for a task that continues the running loop; null if there is nothing to continue, or no thread to ask on. */
        @Nullable Successor askForSuccessor();

        /** Returns whether the loop ends and the successor continues it: not if the executor has refused it, or nothing is due. */
        boolean handOver(long runNumber, Successor successor);
    }

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final LoopSignals signals;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final @Nullable Duration handlerTimeout;
    private final IdleSpin idleSpin;

    /** Null if the items are in memory. */
    private final @Nullable StoreHooks<T> store;

    /** Whether the start of a call is a transition, because time or pace is limited. */
    private final boolean startsCalls;

    FlushLoop(
            BatcherConfig<T> config, Engine<T> engine, Callbacks<T> callbacks, Log log, @Nullable StoreHooks<T> store) {
        this.config = config;
        this.engine = engine;
        this.signals = engine.signals();
        this.callbacks = callbacks;
        this.log = log;
        this.handlerTimeout = config.handlerTimeout().orElse(null);
        this.startsCalls = handlerTimeout != null || config.pace().isPresent();
        this.store = store;
        this.idleSpin = new IdleSpin(config.clock());
    }

    /** Returns where the current thread calls the batcher from. */
    Caller caller() {
        if (!engine.isInsideCallback()) {
            return Caller.OUTSIDE;
        }
        return CallScope.isInside(this) ? Caller.HANDLER : Caller.CALLBACK;
    }

    /**
     * Runs until nothing is due, or a stage is pending. Does nothing if this run was overtaken by another.
     *
     * @param sharing gives the thread to others from time to time; null to keep it
     */
    void run(long runNumber, @Nullable ThreadSharing sharing) {
        boolean interrupted = false;
        try (CallScope scope = engine.enterCallback()) {
            Turn turn = sharing != null ? new Turn(engine.clock(), null) : null;
            boolean more = act(runNumber, true);
            while (more) {
                // An interrupt that the last handler left, or that is meant for the thread's owner, must not reach the
                // next.
                interrupted |= Thread.interrupted();
                if (sharing != null && turn != null && turn.isOver()) {
                    Successor successor = turn.successor();
                    if (successor != null && sharing.handOver(runNumber, successor)) {
                        more = false;
                    } else {
                        turn = new Turn(engine.clock(), successor == null ? sharing.askForSuccessor() : null);
                    }
                }
                more = more && act(runNumber, false);
            }
        } catch (Throwable error) {
            signals.abandon(runNumber);
            recover(error);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Recovers from an error of the engine. If that fails too, the next transition does. */
    private void recover(Throwable error) {
        try (CallScope scope = engine.enterCallback()) { // the executor may block until it has this thread
            List<FrozenBatch<T>> left =
                    engine.change((machine, now, decision) -> machine.loop().recoverFailed(now, decision));
            left.forEach(this::offerLast);
        }
        log.loopDied(error);
    }

    /**
     * Finds the next action and does it, in a scope of its own: what waits for a thread that an action has started is that action alone.
     * Beginning the run and finding its first action is one transition, to keep a flush short.
     *
     * @return whether to continue
     */
    private boolean act(long runNumber, boolean first) {
        try (CallScope action = engine.enterCallback()) {
            boolean maySpin = idleSpin.isWorthIt();
            Optional<LoopAction<T>> next = engine.change((machine, now, decision) -> first
                    ? machine.loop().begin(runNumber, maySpin, now)
                    : machine.loop().proceed(runNumber, maySpin, now));
            return next.isPresent() && doOrAbandon(next.get());
        }
    }

    private boolean doOrAbandon(LoopAction<T> action) {
        try {
            return doAction(action);
        } catch (Throwable error) {
            if (action instanceof LoopAction.Deliver<T> deliver) {
                deliver.batch().abandon();
            } else if (action instanceof LoopAction.Call<T> call) {
                call.attempt().frozenBatch().abandon();
            } else if (action instanceof LoopAction.Settle<T> settle) {
                settle.attempt().frozenBatch().abandon();
            }
            throw error;
        }
    }

    /** Returns whether to continue: not if a stage is pending. */
    private boolean doAction(LoopAction<T> action) {
        if (action instanceof LoopAction.Deliver<T> deliver) {
            return deliver(deliver);
        } else if (action instanceof LoopAction.Call<T> call) {
            return call(call.attempt());
        } else if (action instanceof LoopAction.Settle<T> settle) {
            settle(settle.attempt());
        } else if (action instanceof LoopAction.GiveUp<T> giveUp) {
            giveUp(giveUp.letter());
        } else if (action instanceof LoopAction.Store<T> upkeep && store != null) {
            store.upkeep(upkeep.lane());
        } else if (action instanceof LoopAction.Spin<T> spin) {
            idleSpin.await(signals::spinEnds, spin.endsSeen());
        }
        return true;
    }

    private boolean deliver(LoopAction.Deliver<T> action) {
        Handler<T> handler = store == null ? action.handler() : store.handler(action.batch(), action.handler());
        Attempt<T> attempt = new Attempt<>(
                action.batch(), handler, action.attemptNumber(), handlerTimeout, engine.clock(), this::resume);
        if (store == null) { // else when the store knows
            callbacks.started(attempt.batch());
        }
        return call(attempt);
    }

    /**
     * Calls the handler, unless the attempt has to wait for its permit: then the loop calls it when there is one. Close may have continued
     * without the batch while a listener ran: then the handler is not called.
     */
    private boolean call(Attempt<T> attempt) {
        if ((startsCalls || signals.isClosing())
                && !engine.change((machine, now, decision) -> startCall(machine, attempt, now, decision))) {
            return true;
        }
        if (store != null && !store.begin(attempt)) {
            return true;
        }
        try (CallScope handler = CallScope.enter(this)) {
            attempt.call();
        }
        if (!attempt.isEnded()
                && engine.change((machine, now, decision) -> machine.loop().detach(attempt))) {
            return false;
        }
        settle(attempt);
        return true;
    }

    /** Called in a transition, with the lock held. */
    private boolean startCall(FlushMachine<T> machine, Attempt<T> attempt, long now, Decision decision) {
        if (machine.outcomes().isAside(attempt)) {
            List<FrozenBatch<T>> left = machine.outcomes().undoAside(attempt, now, decision);
            decision.report(() -> left.forEach(this::offerLast));
            return false;
        }
        return machine.outcomes().startCall(attempt, now);
    }

    /** Called when a stage has ended after the loop had detached: starts the loop, or settles here an attempt that was set aside. */
    private void resume() {
        Attempt<T> aside = null;
        try {
            aside = engine.change((machine, now, decision) -> machine.outcomes().takeEndedAside())
                    .orElse(null);
            if (aside != null) {
                try (CallScope scope = engine.enterCallback()) {
                    settle(aside);
                }
            }
        } catch (Throwable error) {
            if (aside != null) {
                aside.frozenBatch().abandon();
            }
            signals.failAgain();
            recover(error);
        }
    }

    private void settle(Attempt<T> attempt) {
        callbacks.guarded("cancelling the stage", attempt::cancelStageIfTimedOut);
        if (store != null) {
            store.settle(attempt);
            return;
        }
        idleSpin.delivered(attempt.batch().reason() == FlushReason.SIZE);
        Throwable failure = attempt.failure();
        Duration took = attempt.took();
        if (failure == null) {
            engine.update((machine, now, decision) -> succeeded(machine, attempt, took, now, decision));
        } else {
            FrozenBatch<T> batch = attempt.frozenBatch();
            RetryVerdict verdict = RetryVerdict.of(
                    failure, batch.size(), batch.countedAttempts(), config.retry(), callbacks::isWorthRetry);
            List<FrozenBatch<T>> left =
                    engine.change((machine, now, decision) -> failed(machine, attempt, verdict, took, now, decision));
            left.forEach(this::offerLast);
        }
    }

    /** Called in a transition, with the lock held. */
    private void succeeded(FlushMachine<T> machine, Attempt<T> attempt, Duration took, long now, Decision decision) {
        if (machine.outcomes().end(attempt)) {
            machine.outcomes().succeeded(attempt, now, decision);
        } else if (machine.outcomes().isAside(attempt)) {
            machine.outcomes().asideSucceeded(attempt, now, decision);
        } else {
            return; // close has handed the batch back
        }
        decision.report(() -> callbacks.handled(attempt.batch(), took));
    }

    /** Called in a transition, with the lock held. Returns what close cannot hand back any more, because it has ended. */
    private List<FrozenBatch<T>> failed(
            FlushMachine<T> machine,
            Attempt<T> attempt,
            RetryVerdict verdict,
            Duration took,
            long now,
            Decision decision) {
        if (machine.outcomes().end(attempt)) {
            Optional<Duration> retryIn = machine.outcomes().failed(attempt, verdict, now, decision);
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), retryIn, took));
        } else if (machine.outcomes().isAside(attempt)) {
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), Optional.empty(), took));
            return machine.outcomes().asideFailed(attempt, verdict, now, decision);
        }
        return List.of();
    }

    private void offerLast(FrozenBatch<T> left) {
        GivenUp<T> letter = new GivenUp<>(left, Refusals.closed(config, left.lastFailure()));
        if (!callbacks.offerLast(letter.toDeadLetter(config.name()))) {
            log.notDelivered(left.size());
        }
    }

    private void giveUp(GivenUp<T> letter) {
        DeadLetter<T> deadLetter = letter.toDeadLetter(config.name());
        Throwable thrown = callbacks.offer(deadLetter);
        engine.update((machine, now, decision) -> {
            if (thrown == null) {
                machine.outcomes().taken(letter, now, decision);
                decision.report(() -> callbacks.deadLettered(deadLetter));
            } else if (machine.outcomes().refused(letter, thrown, now, decision)) {
                decision.report(() -> log.notDelivered(deadLetter.items().size()));
            }
        });
    }
}
