/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.CountDownLatch;

/**
 * What the loop and its neighbours tell each other without the batcher's lock: everything else is read and written under it.
 *
 * <p>The signals of a failed run are single volatile writes, because the caller may be out of memory or stack. The next transition acts
 * on them, on whatever thread it is made.
 */
public final class LoopSignals {

    private final CountDownLatch drained = new CountDownLatch(1);

    // Run numbers; 0 for none

    private volatile long abandonedRun;
    private volatile long refusedRun;

    /** The run for which {@code execute} was called and has not returned. Where calls overlap, the last one counts. */
    private volatile long askedRun;

    private volatile int transitions;

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

    /** Opened when close has delivered what it can. */
    public CountDownLatch drained() {
        return drained;
    }

    public boolean isDrained() {
        return drained.getCount() == 0;
    }
}
