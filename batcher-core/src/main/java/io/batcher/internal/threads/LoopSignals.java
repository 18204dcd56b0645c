/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What the loop and its neighbours tell each other without the batcher's lock: everything else is read and written under it.
 *
 * <p>The signals of a failed run are single volatile writes, because the caller may be out of memory or stack. The next transition acts
 * on them, on whatever thread it is made.
 */
public final class LoopSignals {

    /** What a number in {@link #marks} says about its run. */
    private static final int ABANDONED = 0;

    private static final int REFUSED = 1;

    /** {@code execute} was called and has not returned. Where calls overlap, the last one counts. */
    private static final int ASKED = 2;

    private final int runs;

    /** Run numbers, 0 for none: one of each kind for each run that may be active at once. */
    private final AtomicLongArray marks;

    /** Whether a run has failed since the last {@link #takeFailed}. */
    private volatile boolean failed;

    private volatile int spinEnds;

    /** Null until close begins. */
    private volatile @Nullable Drain drain;

    /** The last attempts of close. */
    private static final class Drain extends CountDownLatch {
        private final long deadline;

        Drain(long deadline) {
            super(1);
            this.deadline = deadline;
        }
    }

    /**
     * Creates the signals.
     *
     * @param runs how many runs may be active at once; the number of a run is its index, from 0, plus a multiple of that
     */
    public LoopSignals(int runs) {
        this.runs = runs;
        this.marks = new AtomicLongArray(3 * runs);
    }

    /** Returns how many runs may be active at once. */
    public int runs() {
        return runs;
    }

    /** Returns the index of a run. */
    public int index(long runNumber) {
        return (int) (runNumber % runs);
    }

    private int index(int kind, long runNumber) {
        return kind * runs + index(runNumber);
    }

    // ---- failed runs

    /** The run has failed with an error that is not the handler's, or could not begin because of one. */
    public void abandon(long runNumber) {
        fail(ABANDONED, runNumber);
    }

    /** The executor has thrown, which is a refusal unless the task has begun all the same. */
    public void executorThrew(long runNumber) {
        fail(REFUSED, runNumber);
    }

    private void fail(int kind, long runNumber) {
        marks.set(index(kind, runNumber), runNumber);
        failed = true; // last: it makes the next transition look for the mark
    }

    /** Returns whether a run has failed since the last call. If what that asks for fails, call {@link #failAgain}. */
    public boolean takeFailed() {
        boolean taken = failed;
        if (taken) {
            failed = false; // before the marks are read: a run that fails meanwhile sets it again
        }
        return taken;
    }

    /** Failed runs could not be recovered, or a thread that has ended a stage has failed: the next transition recovers. */
    public void failAgain() {
        failed = true;
    }

    boolean isAbandoned(long runNumber) {
        return marks.get(index(ABANDONED, runNumber)) == runNumber;
    }

    boolean isRefused(long runNumber) {
        return marks.get(index(REFUSED, runNumber)) == runNumber;
    }

    void clearFailures(long runNumber) {
        marks.set(index(ABANDONED, runNumber), 0);
        marks.set(index(REFUSED, runNumber), 0);
    }

    // ---- the executor

    /** {@code execute} is called. */
    public void executorAsked(long runNumber) {
        marks.set(index(ASKED, runNumber), runNumber);
    }

    /** {@code execute} has returned, or thrown. */
    public void executorReturned(long runNumber) {
        marks.compareAndSet(index(ASKED, runNumber), runNumber, 0);
    }

    boolean isExecutorAsked(long runNumber) {
        return marks.get(index(ASKED, runNumber)) == runNumber;
    }

    // ---- the run that spins

    /** A transition has found something for the run that spins. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock, read without it
    public void endSpin() {
        spinEnds++;
    }

    /** How often {@link #endSpin} was called. A run that spins reads it to see whether there is something for it. */
    public int spinEnds() {
        return spinEnds;
    }

    // ---- close

    /**
     * Close begins.
     *
     * @param deadline until when it waits, in nanoseconds of the batcher's clock
     */
    public void beginDrain(long deadline) {
        drain = new Drain(deadline);
    }

    /** Returns whether close has begun, or has ended. */
    public boolean isClosing() {
        return drain != null;
    }

    /** Close has delivered what it can. Only after {@link #beginDrain}. */
    public void endDrain() {
        drained().countDown();
    }

    /** Returns until when close waits. Only after {@link #beginDrain}. */
    public long drainDeadline() {
        return Objects.requireNonNull(drain).deadline;
    }

    /** Returns the latch that opens when close has delivered what it can. Only after {@link #beginDrain}. */
    public CountDownLatch drained() {
        return Objects.requireNonNull(drain);
    }

    public boolean isDrained() {
        return drained().getCount() == 0;
    }
}
