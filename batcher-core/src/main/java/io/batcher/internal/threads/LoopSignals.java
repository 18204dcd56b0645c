/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What the loop and its neighbours tell each other without the batcher's lock: everything else is read and written under it.
 *
 * <p>The signals of a failed run are single volatile writes, because the caller may be out of memory or stack. The next transition acts
 * on them, on whatever thread it is made.
 */
public final class LoopSignals {

    // Run numbers; 0 for none

    private volatile long abandonedRun;
    private volatile long refusedRun;

    /** The run for which {@code execute} was called and has not returned. Where calls overlap, the last one counts. */
    private volatile long askedRun;

    private volatile int transitions;

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

    // ---- failed runs

    /** The run has failed with an error that is not the handler's, or could not begin because of one. */
    public void abandon(long runNumber) {
        abandonedRun = runNumber;
    }

    /** The executor has thrown, which is a refusal unless the task has begun all the same. */
    public void executorThrew(long runNumber) {
        refusedRun = runNumber;
    }

    boolean isAbandoned(long runNumber) {
        return abandonedRun == runNumber;
    }

    boolean isRefused(long runNumber) {
        return refusedRun == runNumber;
    }

    void clearFailures() {
        abandonedRun = 0;
        refusedRun = 0;
    }

    // ---- the executor

    /** {@code execute} is called. */
    public void executorAsked(long runNumber) {
        askedRun = runNumber;
    }

    /** {@code execute} has returned, or thrown. */
    public void executorReturned(long runNumber) {
        if (askedRun == runNumber) {
            askedRun = 0;
        }
    }

    boolean isExecutorAsked(long runNumber) {
        return askedRun == runNumber;
    }

    // ---- transitions

    /** A transition begins. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock, read without it
    public void countTransition() {
        transitions++;
    }

    /** How many transitions were made. A loop that spins reads it to see whether anything has changed. */
    public int transitions() {
        return transitions;
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
