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
        return BatcherStats.builder()
                .state(state)
                .depth(buffer.waiting(claimed) + buffer.held())
                .inFlight(lane.inFlightSize())
                .capacity(config.capacity())
                .accepted(claimed + counters.droppedOnArrival)
                .handled(counters.handled)
                .failedAttempts(counters.failedAttempts)
                .rejected(counters.rejected)
                .dropped(counters.dropped)
                .deadLettered(counters.deadLettered)
                .handedBack(counters.handedBack)
                .batches(counters.batches)
                .consecutiveFailures(counters.consecutiveFailures)
                .oldestAge(Duration.ofNanos(lane.oldestAge(claimed, now)))
                .build();
    }
}
