/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

/**
 * A task that the executor is asked to take while the flush loop runs on, so that the loop can give its thread to others and go on in
 * that task. Guarded by the batcher's lock, save for {@link #hasReturned}.
 */
public final class Successor {

    /** Whether {@code execute} has returned, or thrown. Written without the lock. */
    private volatile boolean returned;

    /** Whether it is of no use: the executor has refused it, or has begun it at once and so has threads to spare. */
    private boolean ended;

    /** The start that it is; 0 until the loop has given up its thread. */
    private long generation;

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

    public long generation() {
        return generation;
    }

    /** The loop has given up its thread; the task goes on with this start. */
    void succeed(long generation) {
        this.generation = generation;
    }
}
