/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import java.util.concurrent.TimeUnit;

/**
 * How long a flush loop that always has something to do keeps a thread of the user's executor: long enough for the hand-over to cost
 * nothing beside the work, short enough for other users of the executor. Used by one thread.
 */
final class Turn {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Where the clock stands still or the batches are quick, the steps count. */
    private static final int STEPS = 1_000;

    private final BatcherClock clock;
    private final long begunAt;
    private int steps;

    Turn(BatcherClock clock) {
        this.clock = clock;
        this.begunAt = clock.nanoTime();
    }

    /** Called after each step. */
    boolean isOver() {
        return ++steps >= STEPS || clock.nanoTime() - begunAt >= NANOS;
    }
}
