/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.RetryAfterException;
import io.batcher.internal.When.Due;
import io.batcher.internal.When.Never;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.PaceLimiter;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.LoopStatus;
import io.batcher.internal.threads.LoopStatus.State;
import io.batcher.internal.threads.Successor;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of the flush loop: when a run starts, which run counts, what it does next, and how a failed one is recovered. A part of
 * {@link FlushMachine}, guarded by the batcher's lock.
 */
final class LoopControl<T> {

    private final LoopSignals signals;
    private final LoopStatus status;
    private final Lifecycle lifecycle;
    private final FlushTrigger trigger;
    private final Settlement<T> settlement;
    private final Lane<T> lane;
    private final BatchIds ids;
    private final int maxBatchSize;
    private @Nullable Handler<T> handler;

    /** Limits the calls of the handler; null while nothing does. */
    private @Nullable Throttle throttle;

    /** The number of the attempt that began last. */
    private int attemptNumber;

    LoopControl(
            BatcherConfig<T> config,
            Lifecycle lifecycle,
            PendingFlushes pendingFlushes,
            Settlement<T> settlement,
            Lane<T> lane,
            BatchIds ids,
            LoopSignals signals) {
        this.signals = signals;
        this.status = new LoopStatus(config.interval().toNanos(), signals);
        this.lifecycle = lifecycle;
        this.trigger = new FlushTrigger(config, lifecycle, pendingFlushes, status);
        this.settlement = settlement;
        this.lane = lane;
        this.ids = ids;
        this.maxBatchSize = config.maxBatchSize();
        this.throttle = config.pace()
                .map(pace -> new Throttle(new PaceLimiter(pace, config.clock().nanoTime())))
                .orElse(null);
        Handler<T> configured = Handler.of(config);
        if (configured != null) {
            connect(configured);
        }
    }

    /** Sets the handler that attempts call. */
    void connect(Handler<T> handler) {
        this.handler = handler;
        lifecycle.handlerRegistered();
    }

    // ---- after every transition

    /** Starts the loop if something is due and no run is active. Returns when to call this again without another transition. */
    When wake(long now, Decision decision) {
        if (status.isAbandoned()) {
            recover(now);
        }
        Attempt<T> late = lane.takeTimedOut(now);
        if (late != null) {
            decision.timeOut(late);
        }
        return When.earlier(startIfDue(now, decision), lane.timeout(now));
    }

    private When startIfDue(long now, Decision decision) {
        boolean stageEnded = status.is(State.WAITING) && lane.isStageEnded();
        When next = stageEnded ? Due.STAGE_ENDED : isIdle() ? trigger.next(lane, throttle, now) : Never.NEVER;
        if (next instanceof Due) {
            decision.startLoop(status.queue(now));
        } else if (status.isOverdue(now) && lifecycle.isOpen()) { // while closing another thread begins it
            boolean lost = !status.isExecutorAsked();
            status.waitLonger(now);
            if (lost) {
                decision.restartLoop(status.queue(now));
            }
        }
        if (status.is(State.QUEUED)) {
            return lifecycle.isOpen() ? new When.At(status.lostAt()) : Never.NEVER;
        }
        return next;
    }

    /** Recovers from a run that has failed, or that the executor has refused. */
    private void recover(long now) {
        if (status.is(State.QUEUED) && lifecycle.isOpen()) {
            status.refuse(now); // while closing another thread begins it
        } else if (status.is(State.RUNNING)) {
            recoverRun(now);
        }
        status.recovered();
    }

    /** Keeps the batch of a run that has failed for another attempt. */
    private void recoverRun(long now) {
        FrozenBatch<T> unsettled = lane.inFlightOutsideBisection();
        if (unsettled != null) {
            settlement.keep(lane, unsettled, now);
        }
        settlement.delayAll(lane, now);
        lane.abandonAttempt();
        status.goIdle();
        if (!lifecycle.isOpen()) {
            lifecycle.endLastAttempts(); // an error of the engine ends them like one of the handler
            endDrainUnlessDue(now);
        }
    }

    private boolean isDue(long now) {
        return trigger.next(lane, throttle, now) instanceof Due;
    }

    // ---- runs

    boolean isIdle() {
        return status.is(State.IDLE);
    }

    /** Returns the run whose task the executor has not begun; 0 if there is none. */
    long queuedRun() {
        return status.queued();
    }

    /** Returns the scope of the active run, or of one that has detached from a pending stage; null if there is none. */
    @Nullable CallScope runningCall() {
        return status.run();
    }

    /** Claims a run that the executor has not begun. Returns its new number; 0 if it has begun after all. */
    long takeOver(long runNumber) {
        return status.takeOver(runNumber);
    }

    /** Whether a run that the executor has refused is to begin on another thread, because the executor is not asked again. */
    boolean isToStartElsewhere(long runNumber) {
        return queuedRun() == runNumber && !lifecycle.isOpen();
    }

    /** Whether the active run has more to do, and may do it on another thread. */
    boolean hasMoreToDo(long now) {
        return lifecycle.isOpen() && isDue(now);
    }

    /** Ends the active run, if there is more to do and its successor will do it. */
    boolean handOver(Successor successor, long now) {
        boolean ends = !successor.isEnded() && hasMoreToDo(now);
        if (ends) {
            status.queue(successor, now);
        }
        return ends;
    }

    /** Drops a successor that the executor has refused. Returns whether the run has already ended in favour of it. */
    boolean refuseSuccessor(Successor successor) {
        successor.end();
        boolean isMissed = successor.runNumber() != 0;
        if (isMissed) {
            signals.executorThrew(successor.runNumber());
        }
        return isMissed;
    }

    /** Begins a successor. Returns its run number; 0 if the run before has not ended. */
    long beginSuccessor(Successor successor) {
        successor.end();
        return successor.runNumber();
    }

    /** As {@link #next}, for a run that begins; empty if another run was started in its place. */
    Optional<LoopAction<T>> begin(long runNumber, boolean maySpin, long now) {
        return status.begin(runNumber) ? next(maySpin, now) : Optional.empty();
    }

    /** As {@link #next}, for a run that continues; empty if close continues without it. */
    Optional<LoopAction<T>> proceed(long runNumber, boolean maySpin, long now) {
        return status.isRun(runNumber) ? next(maySpin, now) : Optional.empty();
    }

    /**
     * Returns what the active run does next; empty if the loop has become idle.
     *
     * @param maySpin whether it may wait for a moment before it becomes idle
     */
    Optional<LoopAction<T>> next(boolean maySpin, long now) {
        if (trigger.next(lane, throttle, now) instanceof Due due) {
            return Optional.of(action(due, now));
        }
        if (maySpin && lifecycle.isOpen()) {
            return Optional.of(new LoopAction.Spin<>(signals.transitions()));
        }
        // In the transition that has found nothing due: what becomes due later finds the loop idle and starts it.
        status.goIdle();
        endDrainUnlessDue(now);
        return Optional.empty();
    }

    private LoopAction<T> action(Due due, long now) {
        return switch (due) {
            case STAGE_ENDED -> new LoopAction.Settle<>(lane.takeDetached());
            case CALL -> new LoopAction.Call<>(lane.takeHeld());
            case LETTER -> new LoopAction.GiveUp<>(lane.offerLetter(now));
            default -> {
                if (throttle != null) {
                    throttle.forgetEndedRest(now);
                }
                FrozenBatch<T> batch = lane.beginAttempt(due, ids, maxBatchSize, now);
                yield new LoopAction.Deliver<>(batch, Objects.requireNonNull(handler), ++attemptNumber);
            }
        };
    }

    /** Ends the drain of close, if the loop is idle and nothing will be due before the deadline. */
    void endDrainUnlessDue(long now) {
        if (lifecycle.isClosing() && isIdle() && !isDueBy(signals.drainDeadline(), now)) {
            signals.endDrain();
        }
    }

    private boolean isDueBy(long deadline, long now) {
        When next = trigger.next(lane, throttle, now);
        return next instanceof Due || (next instanceof When.At at && at.nanos() - deadline <= 0);
    }

    // ---- calls of the handler

    /** Takes the slot of the call of an attempt, right before it. Returns false if the call has to wait. */
    boolean tryStartCall(long now) {
        return throttle == null || throttle.tryStart(now);
    }

    /** Makes no call until then, or until an earlier rest ends if that is later. */
    void rest(RetryAfterException cause, long until) {
        Throttle used = throttle == null ? new Throttle(null) : throttle;
        throttle = used;
        used.rest(cause, until);
    }

    /** Returns the delay until the next attempt with what is left of a failed batch; empty if there is none. */
    Optional<Duration> retryIn(long now) {
        if (!lane.retries().hasBatches() || !lifecycle.mayRetry()) {
            return Optional.empty();
        }
        long delay = Math.max(0, lane.retries().attemptNotBefore() - now);
        Long callsNotBefore = throttle == null ? null : throttle.notBefore();
        if (callsNotBefore == null) {
            return Optional.of(Duration.ofNanos(delay));
        }
        if (lifecycle.isClosing() && callsNotBefore - signals.drainDeadline() > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(Math.max(delay, callsNotBefore - now)));
    }

    /** Returns why calls rest now; null if they do not. */
    @Nullable RetryAfterException restCause(long now) {
        return throttle == null ? null : throttle.restCause(now);
    }

    /** Returns what limits the calls of the handler; null if nothing does. */
    @Nullable Throttle throttle() {
        return throttle;
    }

    /** Leaves an attempt to its pending stage. Returns false if the stage has ended: then the loop settles it. */
    boolean detach(Attempt<T> attempt) {
        if (!attempt.detach()) {
            return false;
        }
        if (lane.detach(attempt)) {
            status.leaveToStage();
        }
        return true;
    }

    /** Whether a run calls the handler or a callback, or its stage is pending. */
    boolean isInCall() {
        return status.is(State.RUNNING) || (status.is(State.WAITING) && !lane.isStageEnded());
    }

    /** Lets another run continue in place of the active one, whose outcome is settled when its call returns. */
    void overtake(long now) {
        status.overtake();
        endDrainUnlessDue(now);
    }

    boolean hasHandler() {
        return handler != null;
    }

    /** Returns the number of the attempt that began last. */
    int attemptNumber() {
        return attemptNumber;
    }
}
