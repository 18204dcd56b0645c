/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.BatcherState;
import io.batcher.sample.cloud.CloudCondition;
import java.util.List;

/**
 * What the page is told, as JSON: counts only.
 *
 * @param instance another one means that the gateway was started anew, and counts from zero
 * @param at when, in milliseconds since 1970
 * @param builtInCloud whether the readings go to the built-in cloud, which can be broken
 * @param cloud how the built-in cloud is
 * @param stored how many readings the built-in cloud has stored since the start
 * @param flushes the attempts that ended since the snapshot before
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
