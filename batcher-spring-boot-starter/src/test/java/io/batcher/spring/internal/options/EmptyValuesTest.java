/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.fixtures.Contexts.configOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S1: an empty value, what {@code interval: ${INTERVAL:}} gives without that variable, counts as not set, as in Spring Boot. */
class EmptyValuesTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

    static Stream<String> options() {
        return OptionNames.OPTIONS.stream();
    }

    @ParameterizedTest
    @MethodSource("options")
    void anyOptionMayBeEmpty(String option) {
        contexts.withPropertyValues("batcher.instances.readings." + option + "=")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void whatIsEmptyIsInherited() {
        contexts.withPropertyValues(
                        "batcher.defaults.interval=2s",
                        "batcher.defaults.retry.retry-on=java.io.IOException",
                        "batcher.instances.readings.interval=${nothing:}",
                        "batcher.instances.readings.retry.retry-on=${nothing:}")
                .run(context -> {
                    assertThat(configOf(context).interval()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(configOf(context).retry().retryOn().test(new IOException()))
                            .isTrue();
                });
    }

    @Test
    void causesThatAreNotNamedAreAllWorthAnotherAttempt() {
        contexts.withPropertyValues("batcher.defaults.retry.retry-on=")
                .run(context -> assertThat(configOf(context).retry().retryOn().test(new IOException()))
                        .isTrue());
    }

    @Test
    void anOptionThatDoesNotExistIsStillRefused() {
        contexts.withPropertyValues("batcher.instances.readings.intervall=", "batcher.instances.readings.capacity=")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("batcher.instances.readings.intervall")
                        .hasMessageContaining("is not an option. Did you mean \"interval\"?"));
    }

    @Test
    void anEmptySchedulerIsTheStartersOwn() {
        Contexts.inRealTime()
                .withPropertyValues("batcher.scheduler=")
                .run(context -> assertThat(context).hasNotFailed());
    }

    static class Readings {

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
