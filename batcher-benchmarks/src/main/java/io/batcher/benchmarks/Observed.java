/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.function.Consumer;

/** A handler in an observation per batch, as Micrometer's documentation shows it. */
final class Observed implements Consumer<List<Item>> {

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final Consumer<List<Item>> handler;

    Observed(Consumer<List<Item>> handler) {
        this.handler = handler;
        registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(new SimpleMeterRegistry()));
    }

    @Override
    public void accept(List<Item> batch) {
        Observation.createNotStarted("batcher.flush", registry)
                .contextualName("flush items")
                .lowCardinalityKeyValues(KeyValues.of("batcher", "items", "reason", "manual"))
                .highCardinalityKeyValue("batcher.batch.size", Integer.toString(batch.size()))
                .observe(() -> handler.accept(batch));
    }
}
