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
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.IdleSpin;
import io.batcher.internal.threads.Successor;
import io.batcher.internal.threads.Turn;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Delivers batches, one after the other, on the thread that runs it: asks the machine what to do, does it outside the lock, and tells
 * the machine what came of it. At most one run of a batcher is active; it holds no thread while a stage is pending or nothing is due.
 */
final class FlushLoop<T> {

    private final BatcherConfig<T> config;
    private final FlushMachine<T> machine;
    private final Engine<T> engine;
    private final LoopRunner<T> runner;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final RetryPolicy policy;
    private final @Nullable Duration handlerTimeout;
    private final IdleSpin lingering;

    FlushLoop(
            BatcherConfig<T> config,
            FlushMachine<T> machine,
            Engine<T> engine,
            LoopRunner<T> runner,
            Callbacks<T> callbacks,
            Log log) {
        this.config = config;
        this.machine = machine;
        this.engine = engine;
        this.runner = runner;
        this.callbacks = callbacks;
        this.log = log;
        this.policy = config.retry();
        this.handlerTimeout = config.handlerTimeout().orElse(null);
        this.lingering = new IdleSpin(config.clock());
    }

    /**
     * Runs until nothing is due, or a stage is pending. Does nothing if this start is not awaited any more.
     *
     * @param sharesThread whether to give the thread to others now and then
     */
    void run(long generation, boolean sharesThread) {
        boolean interrupted = false;
        try (CallScope scope = CallScope.enter(engine)) {
            Turn turn = sharesThread ? new Turn(engine.clock(), null) : null;
            boolean more = doNext(begun(generation));
            while (more) {
                // An interrupt that the last handler left behind, or that is meant for the thread's owner, is not for
                // the next one.
                interrupted |= Thread.interrupted();
                if (turn != null && turn.isOver()) {
                    Successor successor = turn.successor();
                    if (successor != null && runner.handOver(successor)) {
                        more = false;
                    } else {
                        turn = new Turn(engine.clock(), successor == null ? runner.askForSuccessor() : null);
                    }
                }
                more = more && doNext(next(generation));
            }
        } catch (Throwable error) {
            machine.task().abandon(generation);
            engine.wake();
            log.loopDied(error);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** To begin and to look for the first step is one transition: it is between a flush and the handler. */
    private Optional<LoopAction<T>> begun(long generation) {
        boolean mayLinger = lingering.isWorthIt();
        return engine.change((now, decision) -> machine.begin(generation, mayLinger, now));
    }

    private Optional<LoopAction<T>> next(long generation) {
        boolean mayLinger = lingering.isWorthIt();
        return engine.change((now, decision) -> machine.goOn(generation, mayLinger, now));
    }

    /** Returns whether to go on: not if nothing is due any more, or the rest is left to a stage. */
    private boolean doNext(Optional<LoopAction<T>> next) {
        LoopAction<T> step = next.orElse(null);
        if (step instanceof LoopAction.Deliver<T> deliver) {
            return deliver(deliver);
        } else if (step instanceof LoopAction.Settle<T> settle) {
            settle(settle.attempt());
        } else if (step instanceof LoopAction.GiveUp<T> giveUp) {
            giveUp(giveUp.letter());
        } else if (step instanceof LoopAction.Linger<T> linger) {
            lingering.await(machine::events, linger.eventsSeen());
        }
        return step != null;
    }

    private boolean deliver(LoopAction.Deliver<T> step) {
        Attempt<T> attempt = new Attempt<>(
                step.delivery(), step.handler(), step.serial(), handlerTimeout, engine.clock(), this::resume);
        callbacks.started(attempt.batch());
        if (handlerTimeout != null) {
            engine.update((now, decision) -> machine.limit(attempt));
        }
        try (CallScope handler = CallScope.enter(machine)) {
            attempt.call();
        }
        if (!attempt.isEnded() && engine.change((now, decision) -> machine.mayLeave(attempt))) {
            return false;
        }
        settle(attempt);
        return true;
    }

    /** A stage has ended after the loop had left: the loop goes on, or the attempt was set aside and is settled here. */
    private void resume() {
        Attempt<T> aside =
                engine.change((now, decision) -> machine.takeEndedAside()).orElse(null);
        if (aside != null) {
            try (CallScope scope = CallScope.enter(engine)) {
                settle(aside);
            }
        }
    }

    private void settle(Attempt<T> attempt) {
        callbacks.guarded("cancelling the stage", attempt::cancelStageIfTimedOut);
        lingering.delivered(attempt.batch().reason() == FlushReason.SIZE);
        Throwable failure = attempt.failure();
        Duration took = attempt.took();
        if (failure == null) {
            engine.update((now, decision) -> succeeded(attempt, took, now, decision));
        } else {
            FrozenBatch<T> delivery = attempt.delivery();
            RetryVerdict verdict =
                    RetryVerdict.of(failure, delivery.size(), delivery.counted(), policy, callbacks::isWorthRetry);
            Optional<FrozenBatch<T>> left =
                    engine.change((now, decision) -> failed(attempt, verdict, took, now, decision));
            left.ifPresent(this::offerLast);
        }
    }

    private void succeeded(Attempt<T> attempt, Duration took, long now, Decision decision) {
        if (machine.ends(attempt)) {
            machine.succeeded(attempt, now, decision);
            decision.report(() -> callbacks.handled(attempt.batch(), took));
        } else if (machine.isAside(attempt)) {
            machine.asideSucceeded(attempt, decision);
            decision.report(() -> callbacks.handled(attempt.batch(), took));
        }
    }

    /** Returns what close can hand back no more. */
    private Optional<FrozenBatch<T>> failed(
            Attempt<T> attempt, RetryVerdict verdict, Duration took, long now, Decision decision) {
        if (machine.ends(attempt)) {
            Optional<Duration> retryIn = machine.failed(attempt, verdict, now, decision);
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), retryIn, took));
        } else if (machine.isAside(attempt)) {
            decision.report(() -> callbacks.failed(attempt.batch(), verdict.cause(), Optional.empty(), took));
            return machine.asideFailed(attempt, verdict, now, decision);
        }
        return Optional.empty();
    }

    private void offerLast(FrozenBatch<T> left) {
        DeadLetter<T> letter =
                new DeadLetter<>(config.name(), left.itemList(), machine.closed(left.lastFailure()), left.attempts());
        if (!callbacks.offerLast(letter)) {
            log.notDelivered(left.size());
        }
    }

    private void giveUp(GivenUp<T> letter) {
        DeadLetter<T> deadLetter = letter.toDeadLetter(config.name());
        Throwable thrown = callbacks.offer(deadLetter);
        engine.update((now, decision) -> {
            if (thrown == null) {
                machine.taken(letter, now, decision);
                decision.report(() -> callbacks.deadLettered(deadLetter));
            } else if (machine.refused(letter, thrown, now, decision)) {
                decision.report(() -> log.notDelivered(deadLetter.items().size()));
            }
        });
    }
}
