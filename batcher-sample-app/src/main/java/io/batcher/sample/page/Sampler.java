/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.Batcher;
import io.batcher.BatcherStats;
import io.batcher.sample.Reading;
import io.batcher.sample.SampleProperties;
import io.batcher.sample.cloud.CloudCondition;
import io.batcher.sample.cloud.CloudStore;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Looks at the batcher and the cloud. Thread-safe. */
@Component
final class Sampler {

    private final String instance = UUID.randomUUID().toString();
    private final Batcher<Reading> readings;
    private final Flushes flushes;
    private final CloudStore store;
    private final CloudCondition condition;
    private final boolean builtInCloud;

    // Mutable state, guarded by this.
    private long lastRow;
    private long stored;

    Sampler(
            Batcher<Reading> readings,
            Flushes flushes,
            CloudStore store,
            CloudCondition condition,
            SampleProperties sample) {
        this.readings = readings;
        this.flushes = flushes;
        this.store = store;
        this.condition = condition;
        this.builtInCloud = sample.cloud().url() == null;
        // Before the first reading can come: what an earlier run has left in the database is not counted.
        this.lastRow = store.storedAfter(CloudStore.GATEWAY, 0).lastRow();
    }

    synchronized Snapshot sample() {
        // In this order: what was handled before the cloud is asked must be stored there, or is missing.
        BatcherStats stats = readings.stats();
        countNewRows();
        return new Snapshot(
                instance,
                System.currentTimeMillis(),
                builtInCloud,
                condition.state(),
                stored,
                new Snapshot.Counts(
                        stats.state(),
                        stats.depth(),
                        stats.capacity(),
                        stats.accepted(),
                        stats.handled(),
                        stats.rejected(),
                        stats.failedAttempts(),
                        stats.batches()),
                flushes.current(),
                flushes.takeEnded());
    }

    /** Only the new ones: counting all, four times a second, would cost the more the longer the gateway runs. */
    private void countNewRows() {
        CloudStore.Progress progress = store.storedAfter(CloudStore.GATEWAY, lastRow);
        stored += progress.rows();
        lastRow = progress.lastRow();
    }
}
