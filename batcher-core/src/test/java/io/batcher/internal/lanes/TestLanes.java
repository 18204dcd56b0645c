/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Capacity;
import io.batcher.internal.buffer.ItemBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes lanes of numbers, and moves items through them as the engine does. */
final class TestLanes {

    private final BatcherConfig<Integer> config;
    private final Capacity capacity;

    TestLanes(BatcherBuilder<Integer> builder) {
        this.config = builder.config();
        this.capacity = new Capacity(config.capacity(), Capacity.NONE_AHEAD);
    }

    static BatcherBuilder<Integer> builder() {
        return Batcher.<Integer>builder("lanes").key(item -> item).batchPerKey(true);
    }

    ScheduledLane<Integer> lane(@Nullable Object key) {
        return new ScheduledLane<>(new ItemBuffer<>(config, capacity, config.capacity(), 2), key);
    }

    static void add(ScheduledLane<Integer> lane, int item, long now) {
        boolean added = lane.buffer().append(new AddRequest<>(List.of(item), null, null, null), now);
        if (!added) {
            throw new IllegalStateException("no room");
        }
    }

    /** Takes and settles the first items of the lane. */
    static void settle(ScheduledLane<Integer> lane, int items) {
        lane.buffer().release(lane.buffer().takeBatch(items).size());
    }
}
