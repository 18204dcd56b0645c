/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.DeadLetter;
import io.batcher.FlushReason;
import io.batcher.RetryPolicy;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.IdleSpin;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.Successor;
import io.batcher.internal.threads.Turn;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Delivers batches one after the other, on the thread that runs it: a transition says what to do, the loop does it without the lock, and
 * another transition takes the outcome. At most one run of a batcher is active; none while a stage is pending or nothing is due.
 */
final class FlushLoop<T> {

    /** Gives a thread to other tasks of its executor, behind which the loop continues. */
    interface ThreadSharing {
        /** Asks the executor for a task that continues the running loop; null if there is nothing to continue, or no thread to ask on. */
        @Nullable Successor askForSuccessor();

        /** Returns whether the loop ends and the successor continues it: not if the executor has refused it, or nothing is due. */
        boolean handOver(Successor successor);
    }

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final LoopSignals signals;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final RetryPolicy policy;
    private final @Nullable Duration handlerTimeout;
    private final IdleSpin idleSpin;

    /** Whether the start of a call is a transition, because time or pace is limited. */
    private final boolean startsCalls;

    FlushLoop(BatcherConfig<T> config, Engine<T> engine, Callbacks<T> callbacks, Log log) {
        this.config = config;
        this.engine = engine;
        this.signals = engine.signals();
        this.callbacks = callbacks;
        this.log = log;
        this.policy = config.retry();
        this.handlerTimeout = config.handlerTimeout().orElse(null);
        this.startsCalls = handlerTimeout != null || config.pace().isPresent();
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
            boolean more = doNext(begun(runNumber));
            while (more) {
                // An interrupt that the last handler left, or that is meant for the thread's owner, must not reach the
                // next.
                interrupted |= Thread.interrupted();
                if (sharing != null && turn != null && turn.isOver()) {
                    Successor successor = turn.successor();
                    if (successor != null && sharing.handOver(successor)) {
                        more = false;
                    } else {
                        turn = new Turn(engine.clock(), successor == null ? sharing.askForSuccessor() : null);
                    }
                }
                more = more && doNext(next(runNumber));
            }
        } catch (Throwable error) {
            signals.abandon(runNumber);
            engine.wake();
            log.loopDied(error);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Beginning the run and finding its first action is one transition, to keep a flush short. */
    private Optional<LoopAction<T>> begun(long runNumber) {
        boolean maySpin = idleSpin.isWorthIt();
        return engine.change((machine, now, decision) -> machine.loop().begin(runNumber, maySpin, now));
    }

    private Optional<LoopAction<T>> next(long runNumber) {
        boolean maySpin = idleSpin.isWorthIt();
        return engine.change((machine, now, decision) -> machine.loop().proceed(runNumber, maySpin, now));
    }

    /** Returns whether to continue: not if nothing is due, or a stage is pending. */
    private boolean doNext(Optional<LoopAction<T>> next) {
        LoopAction<T> action = next.orElse(null);
        if (action instanceof LoopAction.Deliver<T> deliver) {
            return deliver(deliver);
        } else if (action instanceof LoopAction.Call<T> call) {
            return call(call.attempt());
        } else if (action instanceof LoopAction.Settle<T> settle) {
            settle(settle.attempt());
        } else if (action instanceof LoopAction.GiveUp<T> giveUp) {
            giveUp(giveUp.letter());
        } else if (action instanceof LoopAction.Spin<T> spin) {
            idleSpin.await(signals::transitions, spin.transitionsSeen());
        }
        return action != null;
    }

    private boolean deliver(LoopAction.Deliver<T> action) {
        Attempt<T> attempt = new Attempt<>(
                action.batch(), action.handler(), action.attemptNumber(), handlerTimeout, engine.clock(), this::resume);
        callbacks.started(attempt.batch());
        return call(attempt);
    }

    /** Calls the handler, unless the attempt has to wait for its slot: then the loop calls it when there is one. */
    private boolean call(Attempt<T> attempt) {
        if (startsCalls && !engine.change((machine, now, decision) -> machine.startCall(attempt, now))) {
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

    /** Called when a stage has ended after the loop had detached: starts the loop, or settles here an attempt that was set aside. */
    private void resume() {
        Attempt<T> aside = engine.change((machine, now, decision) -> machine.takeEndedAside())
                .orElse(null);
        if (aside != null) {
            try (CallScope scope = engine.enterCallback()) {
                settle(aside);
            }
        }
    }

    private void settle(Attempt<T> attempt) {
        callbacks.guarded("cancelling the stage", attempt::cancelStageIfTimedOut);
        idleSpin.delivered(attempt.batch().reason() == FlushReason.SIZE);
        Throwable failure = attempt.failure();
        Duration took = attempt.took();
        if (failure == null) {
            engine.update((machine, now, decision) -> succeeded(machine, attempt, took, now, decision));
        } else {
            FrozenBatch<T> batch = attempt.frozenBatch();
            RetryVerdict verdict =
                    RetryVerdict.of(failure, batch.size(), batch.countedAttempts(), policy, callbacks::isWorthRetry);
            Optional<FrozenBatch<T>> left =
                    engine.change((machine, now, decision) -> failed(machine, attempt, verdict, took, now, decision));
            left.ifPresent(this::offerLast);
        }
    }

    /** Called in a transition, with the lock held. */
    private void succeeded(FlushMachine<T> machine, Attempt<T> attempt, Duration took, long now, Decision decision) {
        if (machine.end(attempt)) {
            machine.succeeded(attempt, now, decision);
        } else if (machine.isAside(attempt)) {
            machine.asideSucceeded(attempt, decision);
        } else {
            return; // close has handed the batch back
        }
        decision.report(() -> callbacks.handled(attempt.batch(), took));
    }

    /** Called in a transition, with the lock held. Returns what close cannot hand back any more, because it has ended. */
    private Optional<FrozenBatch<T>> failed(
            FlushMachine<T> machine,
            Attempt<T> attempt,
            RetryVerdict verdict,
            Duration took,
            long now,
            Decision decision) {
        if (machine.end(attempt)) {
            Optional<Duration> retryIn = machine.failed(attempt, verdict, now, decision);
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), retryIn, took));
        } else if (machine.isAside(attempt)) {
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), Optional.empty(), took));
            return machine.asideFailed(attempt, verdict, now, decision);
        }
        return Optional.empty();
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
                machine.taken(letter, now, decision);
                decision.report(() -> callbacks.deadLettered(deadLetter));
            } else if (machine.refused(letter, thrown, now, decision)) {
                decision.report(() -> log.notDelivered(deadLetter.items().size()));
            }
        });
    }
}
