/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.fixtures.Contexts.configOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.Overflow;
import io.batcher.Pace;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Readings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** S1 and S9: the options of a batcher come from its properties, the defaults and the customizers. */
class BatcherOptionsTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

    @Test
    void everyOptionComesFromThePropertiesOfTheBatcherOrItsDefaults() {
        contexts.withPropertyValues(
                        "batcher.defaults.interval=2s",
                        "batcher.defaults.capacity=70",
                        "batcher.defaults.retry.max-attempts=9",
                        "batcher.defaults.retry.jitter=0.5",
                        "batcher.instances.readings.capacity=60",
                        "batcher.instances.readings.max-batch-size=50",
                        "batcher.instances.readings.max-batch-weight=40",
                        "batcher.instances.readings.eager=true",
                        "batcher.instances.readings.concurrency=3",
                        "batcher.defaults.batch-per-key=true",
                        "batcher.instances.readings.capacity-per-key=2",
                        "batcher.instances.readings.overflow=drop-oldest",
                        "batcher.instances.readings.max-block=30",
                        "batcher.defaults.pace.per=6s",
                        "batcher.defaults.pace.burst=7",
                        "batcher.instances.readings.pace.calls=8",
                        "batcher.instances.readings.pace.burst=9",
                        "batcher.instances.readings.max-retry-after=3m",
                        "batcher.instances.readings.handler-timeout=20s",
                        "batcher.instances.readings.shutdown-timeout=10m",
                        "batcher.instances.readings.auto-flush=false",
                        "batcher.instances.readings.retry.delay=3s",
                        "batcher.instances.readings.retry.multiplier=2",
                        "batcher.instances.readings.retry.max-delay=4s",
                        "batcher.instances.readings.retry.jitter=0.25",
                        "batcher.instances.readings.retry.retry-on=java.io.IOException",
                        "batcher.instances.readings.retry.isolate-poison=true")
                .withBean(
                        BatcherCustomizer.class,
                        () -> (name, builder) -> builder.weigher(item -> 1).key(item -> item))
                .run(context -> {
                    assertThat(configOf(context)).satisfies(config -> {
                        assertThat(config.name()).isEqualTo("readings");
                        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(2));
                        assertThat(config.capacity()).isEqualTo(60);
                        assertThat(config.maxBatchSize()).isEqualTo(50);
                        assertThat(config.maxBatchWeight()).isEqualTo(40);
                        assertThat(config.eager()).isTrue();
                        assertThat(config.concurrency()).isEqualTo(3);
                        assertThat(config.batchPerKey()).isTrue();
                        assertThat(config.capacityPerKey()).hasValue(2);
                        assertThat(config.overflow()).isEqualTo(Overflow.DROP_OLDEST);
                        assertThat(config.maxBlock()).isEqualTo(Duration.ofMillis(30));
                        assertThat(config.pace())
                                .contains(Pace.of(8, Duration.ofSeconds(6)).burst(9));
                        assertThat(config.maxRetryAfter()).isEqualTo(Duration.ofMinutes(3));
                        assertThat(config.handlerTimeout()).hasValue(Duration.ofSeconds(20));
                        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofMinutes(10));
                        assertThat(config.autoFlush()).isFalse();
                        assertThat(config.retry().maxAttempts()).isEqualTo(9);
                        assertThat(config.retry().delay()).hasValue(Duration.ofSeconds(3));
                        assertThat(config.retry().multiplier()).isEqualTo(2);
                        assertThat(config.retry().maxDelay()).isEqualTo(Duration.ofSeconds(4));
                        assertThat(config.retry().jitter()).isEqualTo(0.25);
                        assertThat(config.retry().isolatePoison()).isTrue();
                        assertThat(config.retry().retryOn().test(new java.io.FileNotFoundException()))
                                .isTrue();
                        assertThat(config.retry().retryOn().test(new IllegalStateException()))
                                .isFalse();
                    });
                });
    }

    @Test
    void withoutPropertiesTheDefaultsOfTheBuilderHold() {
        contexts.run(context -> assertThat(configOf(context)).satisfies(config -> {
            var builtIn = Batcher.builder("readings").config();
            assertThat(config.interval()).isEqualTo(builtIn.interval());
            assertThat(config.maxBatchSize()).isEqualTo(builtIn.maxBatchSize());
            assertThat(config.capacity()).isEqualTo(builtIn.capacity());
            assertThat(config.key()).isNull();
            assertThat(config.concurrency()).isEqualTo(builtIn.concurrency());
            assertThat(config.batchPerKey()).isFalse();
            assertThat(config.capacityPerKey()).isEmpty();
            assertThat(config.pace()).isEmpty();
            assertThat(config.maxRetryAfter()).isEqualTo(builtIn.maxRetryAfter());
            assertThat(config.retry().maxAttempts()).isEqualTo(builtIn.retry().maxAttempts());
        }));
    }

    @Test
    void aNameWithNothingBelowItHasTheDefaults() {
        contexts.withPropertyValues("batcher.defaults.capacity=70", "batcher.instances.readings=")
                .run(context -> assertThat(configOf(context))
                        .satisfies(config -> assertThat(config.capacity()).isEqualTo(70)));
    }

    @Test
    void customizersHaveTheLastWordInTheirOrder() {
        contexts.withUserConfiguration(Customizers.class)
                .withPropertyValues("batcher.instances.readings.interval=9s")
                .run(context -> assertThat(configOf(context))
                        .satisfies(config -> assertThat(config.interval()).isEqualTo(Duration.ofSeconds(2))));
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        BatcherCustomizer last() {
            return (name, builder) -> builder.interval(Duration.ofSeconds(2));
        }

        @Bean
        @Order(1)
        BatcherCustomizer first() {
            return (name, builder) -> builder.interval(Duration.ofSeconds(1));
        }
    }
}
