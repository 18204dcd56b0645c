/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The task in which the flush loop runs, and its way through the {@link State states}: IDLE -> QUEUED -> RUNNING -> IDLE,
 * RUNNING -> WAITING -> QUEUED, or RUNNING -> QUEUED to give the thread to others. Each start has a number, the generation, so that a
 * task that comes late can tell that it is not the one awaited. Guarded by the batcher's lock; what is told without
 * it is in {@link LoopSignals}.
 */
public final class LoopStatus {

    /** Where the flush loop of a batcher is. docs/concurrency.md has the table of transitions. */
    public enum State {
        /** Nothing can be done now. If something can be done later without a further call, the timer is set. */
        IDLE,
        /** A task was given to the executor and has not begun. */
        QUEUED,
        /** One thread delivers. It finds what becomes due meanwhile before it goes idle. */
        RUNNING,
        /** The stage of an asynchronous handler is pending; no thread is held. */
        WAITING
    }

    /** An executor that refuses is asked again after the interval, or after this where that is longer. */
    private static final long LONGEST_REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A task that has not begun for this long, or for two intervals where those are longer, is taken for lost. */
    private static final long SHORTEST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The patience doubles with each start that is lost in a row, up to this. */
    private static final long LONGEST_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LoopSignals signals;
    private final long refusalNanos;
    private final long firstPatienceNanos;

    private State state = State.IDLE;

    private long generation;

    /** The scope in which the loop runs, or from which it has left to a stage; null if it does neither. */
    private @Nullable CallScope run;

    /** How long the start that is queued may take to begin, and when it is taken for lost. */
    private long patienceNanos;

    private long lostAt;

    /** Not to trouble the executor before, because it has refused a task; null if it has not. */
    private @Nullable Long refusedUntil;

    /** What the start that is queued was before the loop gave up its thread; null if it is an ordinary one. */
    private @Nullable Successor successor;

    public LoopStatus(long intervalNanos, LoopSignals signals) {
        this.signals = signals;
        this.refusalNanos = Math.min(intervalNanos, LONGEST_REFUSAL_NANOS);
        this.firstPatienceNanos = Math.max(2 * intervalNanos, SHORTEST_PATIENCE_NANOS);
        this.patienceNanos = firstPatienceNanos;
    }

    public boolean is(State state) {
        return this.state == state;
    }

    /**
     * A task is to be given to the executor: something is due.
     *
     * @return the generation to give to it
     */
    public long queue(long now) {
        state = State.QUEUED;
        run = null;
        lostAt = now + patienceNanos;
        successor = null;
        return ++generation;
    }

    /** The run of now gives its thread to others, and goes on in the task that the executor was asked to take. */
    public void queue(Successor next, long now) {
        next.succeed(queue(now));
        successor = next;
    }

    /** The task of a start runs. Returns false if it is not awaited any more. */
    public boolean begin(long generation) {
        if (queued() != generation) {
            return false;
        }
        state = State.RUNNING;
        run = CallScope.current();
        refusedUntil = null;
        patienceNanos = firstPatienceNanos;
        return true;
    }

    /** Nothing is due any more, or the loop has died. */
    public void rest() {
        state = State.IDLE;
        run = null;
    }

    /** The run of now goes on by itself: what is due next is for another one. */
    public void overtake() {
        generation++;
        rest();
    }

    /** Whether the loop is in the run that began with this start. */
    public boolean isRun(long generation) {
        return state == State.RUNNING && this.generation == generation;
    }

    /** The scope in which the loop runs, or from which it has left to a stage; null if it does neither. */
    public @Nullable CallScope run() {
        return run;
    }

    /** The rest is left to a stage. */
    public void leaveToStage() {
        state = State.WAITING;
    }

    /** The executor has refused the start that is queued: it is asked again later. */
    public void refuse(long now) {
        state = State.IDLE;
        refusedUntil = now + refusalNanos;
    }

    public boolean isRefused(long now) {
        return refusedUntil != null && now - refusedUntil < 0;
    }

    /** When the executor may be asked again; null if it has not refused. */
    public @Nullable Long refusedUntil() {
        return refusedUntil;
    }

    /** When the start that is queued is taken for lost, unless it begins before. */
    public long lostAt() {
        return lostAt;
    }

    /** Whether the start that is queued has not begun in time. */
    public boolean isOverdue(long now) {
        return state == State.QUEUED && now - lostAt >= 0;
    }

    /** Whether the executor still blocks in {@code execute} for the start that is queued: then it has lost nothing. */
    public boolean isExecutorAsked() {
        return successor == null ? signals.isExecutorAsked(generation) : !successor.hasReturned();
    }

    /** Gives the executor more time than the last time. */
    public void waitLonger(long now) {
        patienceNanos = Math.max(firstPatienceNanos, Math.min(2 * patienceNanos, LONGEST_PATIENCE_NANOS));
        lostAt = now + patienceNanos;
    }

    /** The generation of the start that has not begun; 0 if there is none. */
    public long queued() {
        return state == State.QUEUED ? generation : 0;
    }

    /** Claims a start that the executor has not begun. Returns its new generation; 0 if it has begun after all. */
    public long takeOver(long generation) {
        return queued() == generation ? ++this.generation : 0;
    }

    /** Whether the start or the run of now is abandoned and {@link #madeGood} has not been said. */
    public boolean isAbandoned() {
        return generation != 0
                && (signals.isAbandoned(generation) || (state == State.QUEUED && signals.isRefused(generation)));
    }

    public void madeGood() {
        signals.clearFailures();
    }
}
