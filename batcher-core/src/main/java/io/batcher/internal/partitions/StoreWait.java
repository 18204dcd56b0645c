/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import java.util.concurrent.TimeUnit;

/** How long a lane waits before it asks a store that has failed again: longer with each failure in a row. Guarded by the batcher's lock. */
final class StoreWait {

    /** The wait after a first failure; it doubles up to the longest. */
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private int failures;

    /** Returns how long to wait after a failure, in nanoseconds. */
    long next() {
        long wait = Math.min(SHORTEST_NANOS << Math.min(failures, 10), LONGEST_NANOS);
        failures++;
        return wait;
    }

    /** Records that the store has answered. */
    void reset() {
        failures = 0;
    }
}
