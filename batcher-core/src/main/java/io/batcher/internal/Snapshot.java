/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.ItemBuffer;
import java.time.Duration;

/** Takes the statistics of a batcher at one moment, so that they add up. Guarded by the batcher's lock. */
final class Snapshot {

    private Snapshot() {}

    static <T> BatcherStats of(BatcherConfig<T> config, BatcherState state, Lane<T> lane, Counters counters, long now) {
        ItemBuffer<T> buffer = lane.buffer();
        long claimed = buffer.claimed(); // once: producers raise it at any moment
        return new BatcherStats(
                state,
                buffer.waiting(claimed) + buffer.held(),
                lane.inFlightSize(),
                config.capacity(),
                claimed + counters.droppedOnArrival,
                counters.handled,
                counters.failedAttempts,
                counters.rejected,
                counters.dropped,
                counters.deadLettered,
                counters.handedBack,
                counters.batches,
                counters.consecutiveFailures,
                Duration.ofNanos(lane.oldestAge(claimed, now)));
    }
}
