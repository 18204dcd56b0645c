/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.LaneTotals;
import io.batcher.internal.lanes.Lanes;
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

    /** Takes the statistics of the batcher at one moment, so that they add up. */
    <T> BatcherStats snapshot(
            BatcherConfig<T> config, BatcherState state, Lanes<T> lanes, @Nullable Throttle throttle, long now) {
        LaneTotals totals = new LaneTotals();
        lanes.forEach(lane -> totals.add(lane, now));
        BatcherStats.Builder stats = BatcherStats.builder()
                .state(state)
                .depth(totals.depth())
                .inFlight(totals.inFlight())
                .capacity(config.capacity())
                .accepted(lanes.claimedBefore() + totals.claimed() + droppedOnArrival)
                .handled(handled)
                .failedAttempts(failedAttempts)
                .rejected(rejected)
                .dropped(dropped)
                .deadLettered(deadLettered)
                .handedBack(handedBack)
                .batches(batches)
                .consecutiveFailures(totals.consecutiveFailures())
                .oldestAge(Duration.ofNanos(totals.oldestAge()))
                .throttled(throttle == null ? 0 : throttle.throttledCalls())
                .restingFor(throttle == null || state == BatcherState.CLOSED ? Duration.ZERO : throttle.restingFor(now))
                .lanes(lanes.count());
        lanes.describe(stats, totals, handled + deadLettered + handedBack, now);
        return stats.build();
    }
}
