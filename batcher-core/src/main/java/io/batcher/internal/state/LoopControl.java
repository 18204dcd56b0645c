/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.lanes.When;
import io.batcher.internal.lanes.When.Due;
import io.batcher.internal.lanes.When.Never;
import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.LoopStatus.State;
import io.batcher.internal.threads.Successor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of the flush loop: when a run starts, which run counts, what it does next, and how a failed one is recovered. A part of
 * {@link FlushMachine}, guarded by the batcher's lock.
 */
public final class LoopControl<T> {

    private final LoopSignals signals;
    private final Runs<T> runs;
    private final Lifecycle lifecycle;
    private final Settlement<T> settlement;
    private final Lanes<T> lanes;
    private final BatchIds ids;
    private final CallLimits<T> limits;
    private final int maxBatchSize;
    private @Nullable Handler<T> handler;

    /** Whether calls begin one after the other, so that none begins and then finds the permit of the pace gone. */
    private final boolean startsOneByOne;

    /** The number of the attempt that began last. */
    private int attemptNumber;

    LoopControl(
            BatcherConfig<T> config,
            Lifecycle lifecycle,
            PendingFlushes pendingFlushes,
            Settlement<T> settlement,
            Lanes<T> lanes,
            BatchIds ids,
            LoopSignals signals) {
        this.signals = signals;
        this.runs = new Runs<>(config.interval().toNanos(), signals);
        this.lifecycle = lifecycle;
        this.settlement = settlement;
        this.lanes = lanes;
        this.ids = ids;
        this.maxBatchSize = config.maxBatchSize();
        this.startsOneByOne = config.pace().isPresent() && signals.runs() > 1;
        this.limits = new CallLimits<>(config);
        lanes.connect(new FlushTrigger(config, lifecycle, pendingFlushes));
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

    /** Starts a run if something is due and one may be active. Returns when to call this again without another transition. */
    When wake(long now, Decision decision) {
        if (!lifecycle.isClosed()) { // else the thread that met the error recovers: it offers what is left
            recoverFailed(now, decision);
        }
        return When.earlier(startIfDue(now, decision), limits.timeOut(now, decision));
    }

    private When startIfDue(long now, Decision decision) {
        When next = startNext(now, decision);
        if (lifecycle.isOpen()) { // while closing another thread begins a task that does not begin
            Run<T> overdue = decision.loopToStart() == 0 ? runs.first(run -> run.isOverdue(now)) : null;
            if (overdue != null) {
                boolean lost = !overdue.isExecutorAsked();
                overdue.waitLonger(now);
                if (lost) {
                    decision.restartLoop(overdue.queue(now));
                }
            }
            next = When.earlier(next, runs.nextLost());
        }
        return next;
    }

    /** Starts one run; its beginning is a transition, which starts the next. */
    private When startNext(long now, Decision decision) {
        Run<T> waiting = runs.first(Run::isStageEnded);
        if (waiting == null && runs.isAnySpinning()) {
            if (!lifecycle.isOpen() || next(now) instanceof Due) {
                signals.endSpin();
            }
            return Never.NEVER; // the run that spins comes back with a transition, which starts the next
        }
        Run<T> run = waiting == null ? runs.idle() : waiting;
        if (run == null) {
            return Never.NEVER;
        }
        When next = When.notBefore(lifecycle.isOpen() ? runs.refusedUntil() : null, nextOfAll(now), now);
        if (next instanceof Due) {
            decision.startLoop(run.queue(now));
            return Never.NEVER;
        }
        return next;
    }

    /** Recovers from runs that have failed, or that the executor has refused. Returns what close cannot hand back any more. */
    public List<FrozenBatch<T>> recoverFailed(long now, Decision decision) {
        if (!signals.takeFailed()) {
            return List.of();
        }
        try {
            runs.forEach(run -> {
                if (run.isAbandoned()) {
                    recover(run, now);
                }
            });
            return lifecycle.isOpen() ? List.of() : settlement.recoverAside(lanes, lifecycle.isClosed(), now, decision);
        } catch (Throwable noMemory) {
            signals.failAgain();
            throw noMemory;
        }
    }

    private void recover(Run<T> run, long now) {
        if (run.is(State.QUEUED) && lifecycle.isOpen()) {
            runs.refuse(run, now); // while closing another thread begins it
        } else if (run.is(State.RUNNING)) {
            recoverRun(run, now);
        }
        run.recovered();
    }

    /** Keeps the batch of a run that has failed for another attempt. */
    private void recoverRun(Run<T> run, long now) {
        Lane<T> lane = run.lastLane();
        Run<T> serving = lane == null ? null : runs.serving(lane);
        if (lane != null && (serving == null || serving == run)) {
            FrozenBatch<T> unsettled = lane.inFlightOutsideBisection();
            if (unsettled != null) {
                settlement.keep(lane, unsettled, now);
            }
            settlement.delayAll(lane, now); // also if it had ended its action: an error must not repeat without a delay
            lane.abandonAttempt();
            limits.abandoned(lane);
            if (!lifecycle.isOpen()) {
                lane.endLastAttempts(); // an error of the engine ends them like one of the handler
            }
        }
        run.goIdle();
        if (serving == run && lane != null) {
            lanes.release(lane, now);
        } else if (lane != null) {
            lanes.changed(lane, now);
        }
        endDrainUnlessDue(now);
    }

    /** As {@link #next(long)}, for lanes that wait for a stage that has ended too. */
    private When nextOfAll(long now) {
        return runs.first(Run::isStageEnded) == null ? next(now) : Due.STAGE_ENDED;
    }

    /** Returns what is due, or when something is, for lanes that no run serves. */
    private When next(long now) {
        return lanes.next(limits.throttle(), !(startsOneByOne && runs.isAnyStarting()), now);
    }

    // ---- runs

    /** Whether no run is active. */
    boolean isIdle() {
        return runs.areIdle();
    }

    public Runs<T> runs() {
        return runs;
    }

    /** Whether a run that the executor has refused is to begin on another thread, because the executor is not asked again. */
    public boolean isToStartElsewhere(long runNumber) {
        return runs.of(runNumber).queued() == runNumber && !lifecycle.isOpen();
    }

    /** Whether a run has more to do, and may do it on another thread. */
    public boolean hasMoreToDo(long now) {
        return lifecycle.isOpen() && next(now) instanceof Due;
    }

    /** Ends a run, if there is more to do and its successor will do it. */
    public boolean handOver(long runNumber, Successor successor, long now) {
        boolean ends = !successor.isEnded() && hasMoreToDo(now);
        if (ends) {
            runs.of(runNumber).queue(successor, now);
        }
        return ends;
    }

    /** Drops a successor that the executor has refused. Returns whether the run has already ended in favour of it. */
    public boolean refuseSuccessor(Successor successor) {
        successor.end();
        boolean isMissed = successor.runNumber() != 0;
        if (isMissed) {
            signals.executorThrew(successor.runNumber());
        }
        return isMissed;
    }

    /**
     * Returns what a run that begins does first; empty if another run was started in its place, or nothing is due.
     *
     * @param maySpin whether it may wait for a moment before it becomes idle
     */
    public Optional<LoopAction<T>> begin(long runNumber, boolean maySpin, long now) {
        Run<T> run = runs.begin(runNumber);
        return run == null ? Optional.empty() : next(run, maySpin, now);
    }

    /** As {@link #begin}, for a run that continues; empty if close continues without it, or nothing is due. */
    public Optional<LoopAction<T>> proceed(long runNumber, boolean maySpin, long now) {
        Run<T> run = runs.of(runNumber);
        return run.proceed(runNumber) ? next(run, maySpin, now) : Optional.empty();
    }

    private Optional<LoopAction<T>> next(Run<T> run, boolean maySpin, long now) {
        Lane<T> served = run.lane();
        if (served != null && served.isDetached()) {
            return Optional.of(new LoopAction.Settle<>(served.takeDetached()));
        }
        if (next(now) instanceof Due due) {
            Lane<T> lane = lanes.take();
            run.serve(lane, due.callsHandler());
            return Optional.of(action(lane, due, now));
        }
        if (maySpin && lifecycle.isOpen() && !runs.isAnySpinning()) {
            run.spin();
            return Optional.of(new LoopAction.Spin<>(signals.spinEnds()));
        }
        // In the transition that has found nothing due: what becomes due later finds the loop idle and starts it.
        run.goIdle();
        endDrainUnlessDue(now);
        return Optional.empty();
    }

    private LoopAction<T> action(Lane<T> lane, Due due, long now) {
        return switch (due) {
            case STAGE_ENDED -> new LoopAction.Settle<>(lane.takeDetached());
            case CALL -> new LoopAction.Call<>(lane.takePermitted());
            case LETTER -> new LoopAction.GiveUp<>(lane.offerLetter(now));
            case STORE -> new LoopAction.Store<>(PartitionLane.begin(lane, now));
            default -> {
                limits.forgetEndedRest(now);
                FrozenBatch<T> batch = lane.beginAttempt(due, ids, maxBatchSize, now);
                yield new LoopAction.Deliver<>(batch, Objects.requireNonNull(handler), ++attemptNumber);
            }
        };
    }

    /** Records that the action of the run that serves the lane has ended. */
    public void release(Lane<T> lane, long now) {
        Run<T> run = runs.serving(lane);
        if (run != null) { // not if close has continued without it
            run.release();
        }
        lanes.release(lane, now);
    }

    /** Ends the drain of close, if no run is active and nothing will be due before the deadline. */
    void endDrainUnlessDue(long now) {
        if (lifecycle.isClosing() && isIdle() && !isDueBy(signals.drainDeadline(), now)) {
            endDrain();
        }
    }

    /** Ends the drain of close: what a call leaves from now on is handed back without another attempt. */
    void endDrain() {
        lifecycle.endLastAttempts();
        lifecycle.endLastOffers();
        signals.endDrain();
    }

    private boolean isDueBy(long deadline, long now) {
        When next = nextOfAll(now);
        return next instanceof Due || (next instanceof When.At at && at.nanos() - deadline <= 0);
    }

    CallLimits<T> limits() {
        return limits;
    }

    /** Records that the handler is called for the lane. */
    void started(Lane<T> lane) {
        Run<T> run = runs.serving(lane);
        if (run != null) {
            run.started();
        }
    }

    /** Leaves an attempt to its pending stage. Returns false if the stage has ended: then the loop settles it. */
    public boolean detach(Attempt<T> attempt) {
        if (!attempt.detach()) {
            return false;
        }
        Lane<T> lane = Lane.of(attempt.frozenBatch());
        Run<T> run = runs.serving(lane);
        if (lane.detach(attempt) && run != null) {
            run.leaveToStage();
        }
        return true;
    }

    /** Lets another run continue in place of this one: the outcome of its call is settled when that returns. */
    void overtake(Run<T> run, @Nullable Lane<T> released, long now) {
        run.overtake();
        if (released != null) {
            lanes.release(released, now);
        }
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
