/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherObservationAutoConfiguration;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** S7: what a handler returns to Reactor finds the observation where Spring's WebClient, for one, looks for its parent. */
class ReactiveObservationTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(BatcherAutoConfiguration.class, BatcherObservationAutoConfiguration.class))
            .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class, Senders.class);

    @Test
    void aMonoAndAFluxFindTheObservationOfTheirBatch() {
        contexts.withBean(ObservationRegistry.class, ReactiveObservationTest::observing)
                .run(context -> {
                    Senders senders = context.getBean(Senders.class);
                    senders.mono.add("a");
                    senders.flux.add("b");
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    assertThat(senders.found).containsOnlyKeys("mono", "flux");
                    senders.found.forEach(
                            (batcher, found) -> assertThat(batcherOf(found)).isEqualTo(batcher));
                });
    }

    @Test
    void theHandlersOwnContextWins() {
        contexts.withBean(ObservationRegistry.class, ReactiveObservationTest::observing)
                .run(context -> {
                    Senders senders = context.getBean(Senders.class);
                    senders.own.add("a");
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    assertThat(senders.found).containsEntry("own", "of the handler");
                });
    }

    @Test
    void withoutObservationsThereIsNothingToFind() {
        contexts.run(context -> {
            Senders senders = context.getBean(Senders.class);
            senders.mono.add("a");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(senders.found).containsEntry("mono", "nothing");
        });
    }

    private static ObservationRegistry observing() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        return registry;
    }

    private static String batcherOf(Object found) {
        assertThat(found).isInstanceOf(Observation.class);
        return ((BatchObservationContext) ((Observation) found).getContextView()).getBatcher();
    }

    static class Senders {

        private static final String KEY = "micrometer.observation";

        final Map<String, Object> found = new HashMap<>();
        final Batcher<String> mono;
        final Batcher<String> flux;
        final Batcher<String> own;

        Senders(
                @Qualifier("mono") Batcher<String> mono,
                @Qualifier("flux") Batcher<String> flux,
                @Qualifier("own") Batcher<String> own) {
            this.mono = mono;
            this.flux = flux;
            this.own = own;
        }

        @BatchHandler("mono")
        Mono<Void> mono(List<String> batch) {
            return look("mono");
        }

        @BatchHandler("flux")
        Flux<Void> flux(List<String> batch) {
            return look("flux").flux();
        }

        @BatchHandler("own")
        Mono<Void> own(List<String> batch) {
            return look("own").contextWrite(Context.of(KEY, "of the handler"));
        }

        private Mono<Void> look(String batcher) {
            return Mono.deferContextual(context -> {
                found.put(batcher, context.getOrDefault(KEY, "nothing"));
                return Mono.empty();
            });
        }
    }
}
