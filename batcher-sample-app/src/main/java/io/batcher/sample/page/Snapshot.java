/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.BatcherState;
import io.batcher.sample.cloud.CloudCondition;
import java.util.List;

/**
 * The event that the page receives, as JSON: counts only.
 *
 * @param instance changes when the gateway was restarted, and counts from zero
 * @param at time of the snapshot, in milliseconds since 1970
 * @param builtInCloud whether the readings go to the built-in cloud, which can be broken
 * @param cloud the condition of the built-in cloud
 * @param stored number of readings that the built-in cloud has stored since the start
 * @param flushes attempts that ended since the previous snapshot
 */
record Snapshot(
        String instance,
        long at,
        boolean builtInCloud,
        CloudCondition.State cloud,
        long stored,
        Counts batcher,
        Flushes.Current current,
        List<Flushes.Flush> flushes) {

    /** The part of {@link io.batcher.BatcherStats} that the page shows. */
    record Counts(
            BatcherState state,
            int depth,
            int capacity,
            long accepted,
            long handled,
            long rejected,
            long failedAttempts,
            long batches) {}
}
