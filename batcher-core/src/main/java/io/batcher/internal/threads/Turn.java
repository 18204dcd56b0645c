/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherClock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long a busy flush loop keeps a thread of the user's executor: long enough for the hand-over to cost little beside the work,
 * short enough for other users of the executor. In the next turn the executor is given a successor, and the loop continues until that is
 * accepted. Used by one thread.
 */
public final class Turn {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Limits a turn when the clock stands still or batches are quick. */
    private static final int STEPS = 1_000;

    private final BatcherClock clock;
    private final @Nullable Successor successor;
    private final long begunAt;
    private int steps;

    /**
     * Begins a turn.
     *
     * @param successor the task that was given to the executor; null if none was
     */
    public Turn(BatcherClock clock, @Nullable Successor successor) {
        this.clock = clock;
        this.successor = successor;
        this.begunAt = clock.nanoTime();
    }

    public @Nullable Successor successor() {
        return successor;
    }

    /** Called after each step. The turn also ends if the executor blocks: it may accept the successor only when it has this thread. */
    public boolean isOver() {
        return (successor != null && successor.hasReturned())
                || ++steps >= STEPS
                || clock.nanoTime() - begunAt >= NANOS;
    }
}
