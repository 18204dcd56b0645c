/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.testing.VirtualTime;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S7: one observation of each batch, current in its handler. */
class BatchObservationTest {

    private final ApplicationContextRunner contexts = Readings.contexts();

    @Test
    void aTracerReceivesTheTypeOfAFailureWithoutItsMessage() {
        List<String> received = new ArrayList<>();
        ObservationHandler<BatchObservationContext> tracer = new ObservationHandler<>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof BatchObservationContext;
            }

            @Override
            public void onError(BatchObservationContext context) {
                received.add(context.getError().toString());
                assertThat(context.getError().getStackTrace()[0].getClassName())
                        .isEqualTo(BatchObservationTest.class.getName());
            }
        };
        contexts.withBean("tracer", ObservationHandler.class, () -> tracer).run(context -> {
            context.getBean(Readings.class).failure = new java.io.IOException("canary");
            Readings.deliver(context, "a");
            assertThat(received).containsExactly("io.batcher.spring.metrics.HandlerFailure: java.io.IOException");
        });
    }

    @Test
    void theObservationIsCurrentInTheHandlerAndEndsWithTheBatch() {
        contexts.withUserConfiguration(Observing.class).run(context -> {
            context.getBean(Observing.class).batcher.add(1L);
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            Observing observing = context.getBean(Observing.class);
            assertThat(observing.inHandler).isSameAs(observing.started);
            assertThat(context.getBean(ObservationRegistry.class).getCurrentObservation())
                    .isNull();
            assertThat(observing.stopped).isEmpty();
            assertThat(context.getBean(MeterRegistry.class)
                            .get("batcher.flush.active")
                            .tags("batcher", "observing", "outcome", "unknown")
                            .longTaskTimer()
                            .activeTasks())
                    .isEqualTo(1);
            observing.stage.complete(null);
            context.getBean(VirtualTime.class).runReady();
            assertThat(observing.stopped).singleElement().satisfies(stopped -> {
                assertThat(stopped).isSameAs(observing.started);
                assertThat(stopped.getName()).isEqualTo("batcher.flush");
                assertThat(stopped.getContextualName()).isEqualTo("flush observing");
                assertThat(stopped.getHighCardinalityKeyValues().stream().map(KeyValue::getKey))
                        .containsExactly("batcher.batch.attempt", "batcher.batch.id", "batcher.batch.size");
            });
        });
    }

    @Test
    void theConventionMayBeReplaced() {
        contexts.withBean(BatchObservationConvention.class, () -> new DefaultBatchObservationConvention() {
                    @Override
                    public String getName() {
                        return "renamed.flush";
                    }
                })
                .run(context -> {
                    Readings.deliver(context, "a");
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("renamed.flush")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                });
    }

    static class Observing implements ObservationHandler<BatchObservationContext> {

        final CompletableFuture<Void> stage = new CompletableFuture<>();
        final List<BatchObservationContext> stopped = new ArrayList<>();
        Observation.ContextView inHandler;
        BatchObservationContext started;

        @Autowired
        Batcher<Long> batcher;

        @Autowired
        org.springframework.beans.factory.ObjectProvider<ObservationRegistry> registry;

        @BatchHandler("observing")
        CompletionStage<Void> handle(List<Long> batch) {
            inHandler = registry.getObject().getCurrentObservation().getContextView();
            return stage;
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof BatchObservationContext;
        }

        @Override
        public void onStart(BatchObservationContext context) {
            started = context;
        }

        @Override
        public void onStop(BatchObservationContext context) {
            stopped.add(context);
        }
    }
}
