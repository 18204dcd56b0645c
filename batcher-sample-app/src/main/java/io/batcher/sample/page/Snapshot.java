/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.BatcherState;
import io.batcher.sample.cloud.CloudCondition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event that the page receives, as JSON: counts only.
 *
 * @param instance changes when the gateway was restarted, and counts from zero
 * @param at time of the snapshot, in milliseconds since 1970
 * @param builtInCloud whether the readings go to the built-in cloud, which can be broken, slowed down and limited
 * @param cloud the condition of the built-in cloud
 * @param store where the readings are that the gateway has accepted: "memory", or the kind of the store
 * @param stored number of readings that the built-in cloud has stored since the start
 * @param lanes the lanes of the batcher
 * @param flushes attempts that ended since the previous snapshot
 */
record Snapshot(
        String instance,
        long at,
        boolean builtInCloud,
        CloudCondition.State cloud,
        String store,
        long stored,
        Counts batcher,
        Lanes lanes,
        Flushes.Current current,
        List<Flushes.Flush> flushes) {

    /**
     * The part of {@link io.batcher.BatcherStats} that the page shows.
     *
     * @param throttled number of calls that the cloud answered with 429
     * @param restingForMs remaining time of the rest that the cloud asked for; null if there is none
     */
    record Counts(
            BatcherState state,
            int depth,
            int capacity,
            long accepted,
            long handled,
            long rejected,
            long failedAttempts,
            long batches,
            long throttled,
            @Nullable Long restingForMs) {}

    /**
     * The lanes: items of one lane are delivered in order, different lanes at the same time.
     *
     * @param busy largest number of calls at once since the previous snapshot
     * @param total number of lanes
     */
    record Lanes(int busy, int total) {}
}
