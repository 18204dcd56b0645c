/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.sample.Reading;
import io.batcher.sample.SampleProperties;
import io.batcher.sample.cloud.CloudCondition;
import io.batcher.sample.cloud.CloudStore;
import io.batcher.spring.BatcherRegistry;
import io.batcher.store.ItemStore;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Takes snapshots of the batcher and the cloud. Thread-safe. */
@Component
final class Sampler {

    private final String instance = UUID.randomUUID().toString();
    private final Batcher<Reading> readings;
    private final Flushes flushes;
    private final CloudStore store;
    private final CloudCondition condition;
    private final boolean builtInCloud;
    private final String storeKind;

    // Mutable state, guarded by this.
    private long lastRow;
    private long stored;

    Sampler(
            Batcher<Reading> readings,
            Flushes flushes,
            CloudStore store,
            CloudCondition condition,
            SampleProperties sample,
            BatcherRegistry batchers) {
        this.readings = readings;
        this.flushes = flushes;
        this.store = store;
        this.condition = condition;
        this.builtInCloud = sample.cloud().url() == null;
        this.storeKind = storeOf(readings.name(), batchers);
        // Before the first reading can arrive, so that rows of an earlier run in the database are not counted.
        this.lastRow = store.storedAfter(CloudStore.GATEWAY, 0).lastRow();
    }

    synchronized Snapshot sample() {
        // In this order: readings that were handled before the query must be stored, or are missing.
        BatcherStats stats = readings.stats();
        countNewRows();
        return new Snapshot(
                instance,
                System.currentTimeMillis(),
                builtInCloud,
                condition.state(),
                storeKind,
                stored,
                new Snapshot.Counts(
                        stats.state(),
                        stats.depth(),
                        stats.capacity(),
                        stats.accepted(),
                        stats.handled(),
                        stats.rejected(),
                        stats.failedAttempts(),
                        stats.batches(),
                        stats.throttled(),
                        stats.restingFor().isZero()
                                ? null
                                : (Long) stats.restingFor().toMillis()),
                new Snapshot.Lanes(flushes.takeMostRunning(), stats.lanes()),
                flushes.current(),
                flushes.takeEnded());
    }

    private static String storeOf(String batcher, BatcherRegistry batchers) {
        return batchers.managed().stream()
                .filter(managed -> managed.name().equals(batcher))
                .flatMap(managed -> managed.config().map(BatcherConfig::store).stream())
                .map(ItemStore::kind)
                .findFirst()
                .orElse("memory");
    }

    /** Counts new rows only: counting all rows four times a second would become slower as the table grows. */
    private void countNewRows() {
        CloudStore.Progress progress = store.storedAfter(CloudStore.GATEWAY, lastRow);
        stored += progress.rows();
        lastRow = progress.lastRow();
    }
}
