/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatchKey;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;

/** S7: batches of different keys, whose calls overlap, have an observation each. */
class OverlappingObservationsTest {

    @Test
    void eachBatchHasItsOwn() {
        Readings.contexts()
                .withUserConfiguration(Overlapping.class)
                .withPropertyValues(
                        "batcher.instances.overlapping.concurrency=2",
                        "batcher.instances.overlapping.batch-per-key=true")
                .run(context -> {
                    Overlapping overlapping = context.getBean(Overlapping.class);
                    overlapping.batcher.addMany(List.of(1L, 2L));
                    VirtualTime time = context.getBean(VirtualTime.class);
                    time.advance(Duration.ofMillis(500));
                    assertThat(overlapping.observed)
                            .isEqualTo(overlapping.delivered)
                            .hasSize(2);
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(active(meters)).isEqualTo(2);

                    overlapping.stages.get(2L).completeExceptionally(new java.io.IOException("canary"));
                    time.runReady();
                    assertThat(active(meters)).isEqualTo(1);
                    overlapping.stages.get(1L).complete(null);
                    time.runReady();
                    assertThat(active(meters)).isZero();
                    assertThat(ended(meters, "success", "none")).isEqualTo(1);
                    assertThat(ended(meters, "failed", "IOException")).isEqualTo(1);
                });
    }

    private static int active(MeterRegistry meters) {
        return meters.get("batcher.flush.active").tag("batcher", "overlapping").longTaskTimers().stream()
                .mapToInt(LongTaskTimer::activeTasks)
                .sum();
    }

    private static long ended(MeterRegistry meters, String outcome, String error) {
        return meters.get("batcher.flush")
                .tags("batcher", "overlapping", "outcome", outcome, "error", error)
                .timer()
                .count();
    }

    static class Overlapping {

        /** Batch ids by item: those of the batches, and those of the observations that are current with them. */
        final Map<Long, String> delivered = new HashMap<>();

        final Map<Long, String> observed = new HashMap<>();
        final Map<Long, CompletableFuture<Void>> stages = new HashMap<>();

        @Autowired
        Batcher<Long> batcher;

        @Autowired
        ObjectProvider<ObservationRegistry> registry;

        @BatchHandler("overlapping")
        CompletionStage<Void> handle(Batch<Long> batch) {
            var observation = registry.getObject().getCurrentObservation();
            delivered.put(batch.get(0), batch.id());
            observed.put(batch.get(0), ((BatchObservationContext) observation.getContextView()).getBatchId());
            return stages.computeIfAbsent(batch.get(0), key -> new CompletableFuture<>());
        }

        @BatchKey("overlapping")
        Long key(Long item) {
            return item;
        }
    }
}
