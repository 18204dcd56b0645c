/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherClock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a flush loop that always has something to do keeps a thread of the user's executor: long enough for the hand-over to cost
 * nothing beside the work, short enough for other users of the executor. In the turn after that the executor is asked for a successor,
 * and the loop goes on until it has taken that. Used by one thread.
 */
public final class Turn {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Where the clock stands still or the batches are quick, the steps count. */
    private static final int STEPS = 1_000;

    private final BatcherClock clock;
    private final @Nullable Successor successor;
    private final long begunAt;
    private int steps;

    /**
     * Begins a turn.
     *
     * @param successor what the executor was asked to take; null if it was not asked
     */
    public Turn(BatcherClock clock, @Nullable Successor successor) {
        this.clock = clock;
        this.successor = successor;
        this.begunAt = clock.nanoTime();
    }

    public @Nullable Successor successor() {
        return successor;
    }

    /** Called after each step. An executor that blocks may take the successor only when it has the thread: the turn ends all the same. */
    public boolean isOver() {
        return (successor != null && successor.hasReturned())
                || ++steps >= STEPS
                || clock.nanoTime() - begunAt >= NANOS;
    }
}
