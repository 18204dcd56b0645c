/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of the flush loop, and the {@linkplain State transitions}: IDLE -> QUEUED -> RUNNING -> IDLE,
 * RUNNING -> WAITING -> QUEUED, or RUNNING -> QUEUED to yield the thread. Each run has a number, so that a task that begins late can tell
 * that another run has taken its place. Guarded by the batcher's lock; signals without the lock are in {@link LoopSignals}.
 */
public class LoopStatus {

    /** The state of the flush loop. docs/concurrency.md has the table of transitions. */
    public enum State {
        /** Nothing is due. If something will be due without a further call, the timer is armed. */
        IDLE,
        /** The executor was given a task that has not begun. */
        QUEUED,
        /** A thread delivers. It delivers what becomes due meanwhile before it goes idle. */
        RUNNING,
        /** The stage of an asynchronous handler is pending. No thread is blocked. */
        WAITING
    }

    /** After a rejection the executor is asked again after the interval, or after this time if the interval is longer. */
    private static final long LONGEST_REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A task that has not begun after this time, or after two intervals if that is longer, counts as lost. */
    private static final long SHORTEST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The time doubles with each task lost in a row, up to this. */
    private static final long LONGEST_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LoopSignals signals;
    private final long refusalNanos;
    private final long firstPatienceNanos;

    private State state = State.IDLE;

    private long runNumber;

    /** The scope of what the run does, or did last; closed while a stage is pending; null if there is no run. */
    private @Nullable CallScope action;

    /** Whether the current run spins before it goes idle. Only while it is {@link State#RUNNING}. */
    private boolean spinning;

    /** How long the queued task may take to begin, and when it counts as lost. */
    private long patienceNanos;

    private long lostAt;

    /** The successor that the queued task is; null if it is an ordinary task. */
    private @Nullable Successor successor;

    /**
     * Creates the state of a loop that is idle.
     *
     * @param index its index among the loops that may be active at once
     */
    public LoopStatus(int index, long intervalNanos, LoopSignals signals) {
        this.signals = signals;
        this.runNumber = index;
        this.refusalNanos = Math.min(intervalNanos, LONGEST_REFUSAL_NANOS);
        this.firstPatienceNanos = Math.max(2 * intervalNanos, SHORTEST_PATIENCE_NANOS);
        this.patienceNanos = firstPatienceNanos;
    }

    public boolean is(State state) {
        return this.state == state;
    }

    /**
     * Records that a task is given to the executor, because something is due.
     *
     * @return the number of its run
     */
    public long queue(long now) {
        state = State.QUEUED;
        action = null;
        spinning = false; // one that yields its thread after it has spun: its successor may be lost
        lostAt = now + patienceNanos;
        successor = null;
        return nextRun();
    }

    private long nextRun() {
        runNumber += signals.runs();
        return runNumber;
    }

    /** Records that the current run yields its thread and continues in its successor. */
    public void queue(Successor next, long now) {
        next.succeed(queue(now));
        successor = next;
    }

    /** Records that the task of a run begins. Returns false if another run has taken its place. */
    public boolean begin(long runNumber) {
        if (queued() != runNumber) {
            return false;
        }
        state = State.RUNNING;
        action = CallScope.current();
        patienceNanos = firstPatienceNanos;
        return true;
    }

    /** Records that nothing is due, or that the run has failed. */
    public void goIdle() {
        state = State.IDLE;
        action = null;
        spinning = false;
    }

    /** Detaches the current run: the next delivery needs another one. */
    public void overtake() {
        nextRun();
        goIdle();
    }

    /** Records that a run begins its next action. Returns false if it is not the current run. */
    public boolean proceed(long runNumber) {
        if (state != State.RUNNING || this.runNumber != runNumber) {
            return false;
        }
        action = CallScope.current();
        spinning = false;
        return true;
    }

    /** Records that the run spins: until it comes back, it is the one that takes what becomes due. */
    public void spin() {
        spinning = true;
    }

    public boolean isSpinning() {
        return spinning;
    }

    /** Returns the scope of what the run does, or did last; closed while a stage is pending; null if there is no run. */
    public @Nullable CallScope action() {
        return action;
    }

    /** Records that the stage of an asynchronous handler continues the run. */
    public void leaveToStage() {
        state = State.WAITING;
    }

    /** Records that the executor has rejected the queued task. Returns when it may be asked again. */
    public long refuse(long now) {
        state = State.IDLE;
        return now + refusalNanos;
    }

    /** Returns when the queued task counts as lost. */
    public long lostAt() {
        return lostAt;
    }

    /** Returns whether the queued task has not begun in time. */
    public boolean isOverdue(long now) {
        return state == State.QUEUED && now - lostAt >= 0;
    }

    /** Returns whether {@code execute} has not returned for the queued task: then the task is not lost. */
    public boolean isExecutorAsked() {
        return successor == null ? signals.isExecutorAsked(runNumber) : !successor.hasReturned();
    }

    /** Doubles the time that the executor has. */
    public void waitLonger(long now) {
        patienceNanos = Math.max(firstPatienceNanos, Math.min(2 * patienceNanos, LONGEST_PATIENCE_NANOS));
        lostAt = now + patienceNanos;
    }

    /** Returns the number of the queued run; 0 if there is none. */
    public long queued() {
        return state == State.QUEUED ? runNumber : 0;
    }

    /** Takes over a run that the executor has not begun. Returns its new number; 0 if it has begun. */
    public long takeOver(long runNumber) {
        return queued() == runNumber ? nextRun() : 0;
    }

    /** Returns whether the current run has failed, or its start was rejected, and {@link #recovered} was not called since. */
    public boolean isAbandoned() {
        return runNumber != 0
                && (signals.isAbandoned(runNumber) || (state == State.QUEUED && signals.isRefused(runNumber)));
    }

    /** Records that the state is consistent again after a run that has failed. */
    public void recovered() {
        signals.clearFailures(runNumber);
    }
}
