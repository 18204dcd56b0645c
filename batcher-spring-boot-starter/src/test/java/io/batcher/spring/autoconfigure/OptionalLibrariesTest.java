/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S9: nothing but Spring Boot is needed. */
class OptionalLibrariesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "io.micrometer",
                "io.micrometer.core",
                "org.springframework.transaction",
                "reactor",
                "org.reactivestreams",
                "com.fasterxml.jackson",
                "org.springframework.web"
            })
    void batchersWorkWithout(String library) {
        Contexts.inVirtualTime()
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=batchers", "management.health.batchers.enabled=true")
                .withClassLoader(new FilteredClassLoader(library))
                .withUserConfiguration(Readings.class)
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    readings.batcher.add("a");
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    assertThat(readings.items).containsExactly("a");
                    assertThat(context.containsBean("batchersEndpoint"))
                            .isEqualTo(!library.equals("org.springframework.boot.actuate"));
                    assertThat(context.containsBean("batchersHealthIndicator"))
                            .isEqualTo(!library.equals("org.springframework.boot.health"));
                    assertThat(context.containsBean("batcherMetrics")).isEqualTo(!library.startsWith("io.micrometer"));
                    assertThat(context.containsBean("batchObservations")).isEqualTo(!library.equals("io.micrometer"));
                });
    }

    /** The other auto-configurations back off if only that one is excluded. */
    @Test
    void theOthersBackOffWithoutBatcherAutoConfiguration() {
        new ApplicationContextRunner()
                .withConfiguration(Contexts.OF_OPTIONAL_LIBRARIES)
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=batchers", "management.health.batchers.enabled=true")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean("batchersEndpoint")
                        .doesNotHaveBean("batchersHealthIndicator")
                        .doesNotHaveBean("batcherMetrics"));
    }

    static class Readings {

        final List<String> items = new ArrayList<>();
        final Batcher<String> batcher;

        Readings(Batcher<String> batcher) {
            this.batcher = batcher;
        }

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }
}
