/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

/**
 * A task that is given to the executor while the flush loop runs, so that the loop can yield its thread and continue in that task. Guarded
 * by the batcher's lock, except {@link #hasReturned}.
 */
public final class Successor {

    /** Whether {@code execute} has returned, or thrown. Written without the lock. */
    private volatile boolean returned;

    /** Whether it is not needed: the executor has rejected it, or has begun it at once and so has a free thread. */
    private boolean ended;

    /** The run that it continues; 0 until the loop has yielded its thread. */
    private long runNumber;

    boolean hasReturned() {
        return returned;
    }

    public void executorReturned() {
        returned = true;
    }

    public boolean isEnded() {
        return ended;
    }

    public void end() {
        ended = true;
    }

    /** Records that the task begins. Returns the run that it continues; 0 if that has not yielded its thread. */
    public long begin() {
        end();
        return runNumber;
    }

    /** Returns the run that this task continues; 0 until the loop has yielded its thread. */
    public long runNumber() {
        return runNumber;
    }

    /** Records that the loop has yielded its thread and this task continues with the run. */
    void succeed(long runNumber) {
        this.runNumber = runNumber;
    }
}
