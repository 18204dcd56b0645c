/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** S9, with optional libraries that really are not on the class path. */
class AbsentLibrariesTest {

    private static final String EVERYTHING =
            "[batchersEndpoint, batchersHealthIndicator, batcherMetrics, batchObservations]";

    @Test
    void withAllOfThem() throws Exception {
        assertThat(beansWithout("nothing")).isEqualTo(EVERYTHING);
    }

    /** Spring's Kafka support needs Micrometer and transactions. */
    static Stream<Arguments> without() {
        return Stream.of(
                arguments("actuator", "[batchersHealthIndicator, batcherMetrics, batchObservations]"),
                arguments("health", "[batchersEndpoint, batcherMetrics, batchObservations]"),
                arguments("micrometer|kafka", "[batchersEndpoint, batchersHealthIndicator]"),
                arguments("-tx-|jdbc|transaction|sql|kafka", EVERYTHING),
                arguments("reactor|reactive|webflux", EVERYTHING),
                arguments("web|tomcat", EVERYTHING),
                arguments("batcher-store", EVERYTHING),
                arguments("sqlite|postgresql", EVERYTHING),
                arguments("jackson", EVERYTHING),
                arguments(
                        "actuator|health|micrometer|-tx-|jdbc|transaction|sql|reactor|reactive|web|tomcat|jackson|kafka",
                        "[]"));
    }

    @ParameterizedTest
    @MethodSource
    void without(String libraries, String beans) throws Exception {
        assertThat(beansWithout(libraries)).isEqualTo(beans);
    }

    private static String beansWithout(String jars) throws Exception {
        Pattern absent = Pattern.compile("(" + jars + ").*");
        try (ForkedJvm application = ForkedJvm.start(
                file -> !absent.matcher(file).find(),
                BareApplication.class,
                "--spring.main.web-application-type=none",
                "--spring.jmx.enabled=true",
                "--management.endpoints.jmx.exposure.include=batchers",
                "--management.health.batchers.enabled=true",
                "--batcher.defaults.interval=1ms")) {
            application.awaitLine("delivered [a");
            String beans = application.awaitLine("with ");
            application.awaitLine("closed");
            assertThat(application.awaitExit()).isZero();
            return beans;
        }
    }
}
