/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.FrozenBatch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The statistics of a batcher at one moment, in which they add up. Taken under the batcher's lock. */
final class Snapshot {

    private Snapshot() {}

    static <T> BatcherStats of(
            BatcherConfig<T> config,
            BatcherState state,
            ItemBuffer<T> intake,
            Settlement<T> settlement,
            @Nullable FrozenBatch<T> inFlight,
            long now) {
        Counters totals = settlement.totals();
        long claimed = intake.claimed(); // once: producers raise it at any moment
        int waiting = intake.waiting(claimed);
        long age = waiting > 0 ? now - intake.oldestAddedAt() : 0;
        age = inFlight == null ? age : Math.max(age, now - inFlight.addedAt());
        for (FrozenBatch<T> delivery : settlement.retries().unsettled()) {
            age = Math.max(age, now - delivery.addedAt());
        }
        return new BatcherStats(
                state,
                waiting + intake.held(),
                inFlight == null ? 0 : inFlight.size(),
                config.capacity(),
                claimed + totals.droppedOnArrival,
                totals.handled,
                totals.failedAttempts,
                totals.rejected,
                totals.dropped,
                totals.deadLettered,
                totals.handedBack,
                totals.batches,
                totals.consecutiveFailures,
                Duration.ofNanos(Math.max(0, age)));
    }
}
