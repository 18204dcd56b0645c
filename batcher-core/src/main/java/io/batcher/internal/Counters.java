/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Throttle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The counters of a batcher. Guarded by the batcher's lock. */
final class Counters {
    long handled;
    long failedAttempts;
    long rejected;

    /** Items that a DROP policy discarded, and those of them that never were in the buffer. */
    long dropped;

    long droppedOnArrival;

    long deadLettered;
    long handedBack;
    long batches;
    int consecutiveFailures;

    /** Takes the statistics of the batcher at one moment, so that they add up. */
    <T> BatcherStats snapshot(
            BatcherConfig<T> config, BatcherState state, Lane<T> lane, @Nullable Throttle throttle, long now) {
        ItemBuffer<T> buffer = lane.buffer();
        long claimed = buffer.claimed(); // once: producers raise it at any moment
        return BatcherStats.builder()
                .state(state)
                .depth(buffer.waiting(claimed) + buffer.held())
                .inFlight(lane.inFlightSize())
                .capacity(config.capacity())
                .accepted(claimed + droppedOnArrival)
                .handled(handled)
                .failedAttempts(failedAttempts)
                .rejected(rejected)
                .dropped(dropped)
                .deadLettered(deadLettered)
                .handedBack(handedBack)
                .batches(batches)
                .consecutiveFailures(consecutiveFailures)
                .oldestAge(Duration.ofNanos(lane.oldestAge(claimed, now)))
                .throttled(throttle == null ? 0 : throttle.throttledCalls())
                .restingFor(throttle == null || state == BatcherState.CLOSED ? Duration.ZERO : throttle.restingFor(now))
                .build();
    }
}
