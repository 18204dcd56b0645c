/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.state.Engine;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a batcher, connected.
 *
 * @param store null if the items are in memory
 */
public record Wiring<T>(
        BatcherConfig<T> config,
        Lanes<T> lanes,
        Log log,
        Callbacks<T> callbacks,
        Engine<T> engine,
        @Nullable StoreHooks<T> store) {

    /** What is needed before a store is opened. */
    public record Reports<T>(Log log, Callbacks<T> callbacks) {
        public static <T> Reports<T> of(BatcherConfig<T> config) {
            Log log = new Log(config.name(), config.clock());
            return new Reports<>(log, new Callbacks<>(config, log));
        }
    }

    static <T> Wiring<T> inMemory(BatcherConfig<T> config, Lanes<T> lanes) {
        Reports<T> reports = Reports.of(config);
        Engine<T> engine = new Engine<>(config, lanes, reports.log());
        return new Wiring<>(config, lanes, reports.log(), reports.callbacks(), engine, null);
    }
}
