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
        return BatcherStats.builder()
                .state(state)
                .depth(waiting + intake.held())
                .inFlight(inFlight == null ? 0 : inFlight.size())
                .capacity(config.capacity())
                .accepted(claimed + totals.droppedOnArrival)
                .handled(totals.handled)
                .failedAttempts(totals.failedAttempts)
                .rejected(totals.rejected)
                .dropped(totals.dropped)
                .deadLettered(totals.deadLettered)
                .handedBack(totals.handedBack)
                .batches(totals.batches)
                .consecutiveFailures(totals.consecutiveFailures)
                .oldestAge(Duration.ofNanos(Math.max(0, age)))
                .build();
    }
}
