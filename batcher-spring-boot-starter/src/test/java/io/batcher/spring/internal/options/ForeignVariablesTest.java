/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.fixtures.Contexts.configOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** S1: an environment variable is an option only if it spells one; others describe services, for example. */
class ForeignVariablesTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Readings.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BATCHER",
                "BATCHER_INSTANCES",
                "BATCHER_DEFAULTS",
                "BATCHER_ENDPOINT",
                "BATCHER_HEALTH",
                "BATCHER_SCHEDULER",
                "BATCHER_INSTANCES_READINGS",
                "BATCHER_INSTANCES_READINGS_RETRY",
                "BATCHER_DEFAULTS_RETRY",
                "BATCHER_WEB",
                "BATCHER_INSTANCES_OTHER"
            })
    void aServiceOfKubernetes(String service) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put(service + "_SERVICE_HOST", "10.0.0.1");
        variables.put(service + "_SERVICE_PORT", "80");
        variables.put(service + "_SERVICE_PORT_HTTP", "80");
        variables.put(service + "_PORT", "tcp://10.0.0.1:80");
        variables.put(service + "_PORT_80_TCP", "tcp://10.0.0.1:80");
        variables.put(service + "_PORT_80_TCP_PROTO", "tcp");
        variables.put(service + "_PORT_80_TCP_PORT", "80");
        variables.put(service + "_PORT_80_TCP_ADDR", "10.0.0.1");
        variables.put(service + "_NAME", "/web/batcher"); // these two are of links in Docker
        variables.put(service + "_ENV_LANG", "C.UTF-8");
        onlyReadings(variables);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BATCHER",
                "BATCHER_URL",
                "BATCHER_ENDPOINT",
                "BATCHER_HEALTH",
                "BATCHER_INSTANCES",
                "BATCHER_DEFAULTS",
                "BATCHER_INSTANCES_READINGS",
                "BATCHER_INSTANCES_PORT",
                "BATCHER_ENDPOINT_URL",
                "BATCHER_HEALTH_URL"
            })
    void anAddress(String variable) {
        onlyReadings(Map.of(variable, "http://batcher/"));
    }

    @Test
    void optionsBesideThemStillWork() {
        contexts.withInitializer(variables(Map.of(
                        "BATCHER_ENDPOINT", "http://batcher/",
                        "BATCHER_ENDPOINT_FLUSHTIMEOUT", "3s",
                        "BATCHER_HEALTH", "ok",
                        "BATCHER_HEALTH_MAX_AGE", "7s",
                        "BATCHER_DEFAULTS", "none",
                        "BATCHER_DEFAULTS_RETRY_MAX_ATTEMPTS", "3",
                        "BATCHER_INSTANCES_READINGS", "tcp://10.0.0.1:80",
                        "BATCHER_INSTANCES_READINGS_MAXBATCHSIZE", "10",
                        "BATCHER_INSTANCES_READINGS_INTERVAL", "2s")))
                .run(context -> {
                    assertThat(configOf(context).maxBatchSize()).isEqualTo(10);
                    assertThat(configOf(context).interval()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(configOf(context).retry().maxAttempts()).isEqualTo(3);
                    BatcherProperties properties = context.getBean(BatcherProperties.class);
                    assertThat(properties.endpoint().flushTimeout()).hasSeconds(3);
                    assertThat(properties.health().maxAge()).hasSeconds(7);
                    assertThat(properties.instances()).containsOnlyKeys("readings");
                });
    }

    @Test
    void theSchedulerMayBeAVariable() {
        Contexts.inRealTime()
                .withInitializer(variables(Map.of("BATCHER_SCHEDULER", "nowhere")))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("batcher.scheduler names the bean 'nowhere'"));
    }

    @Test
    void aVariableThatIsTakenForAnOptionIsNamedWithTheCure() {
        contexts.withInitializer(variables(Map.of("BATCHER_INSTANCES_SERVICE_PORT_INTERVAL", "80")))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("\"BATCHER_INSTANCES_SERVICE_PORT_INTERVAL\"")
                        .hasMessageContaining("enableServiceLinks: false"));
    }

    @Test
    void aVariableWithAWrongValueIsNamed() {
        contexts.withInitializer(variables(Map.of("BATCHER_INSTANCES_READINGS_INTERVAL", "tcp://10.0.0.1:80")))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("\"BATCHER_INSTANCES_READINGS_INTERVAL\""));
    }

    private void onlyReadings(Map<String, Object> variables) {
        contexts.withInitializer(variables(variables)).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(BatcherRegistry.class).names()).containsExactly("readings");
        });
    }

    private static org.springframework.context.ApplicationContextInitializer<
                    org.springframework.context.ConfigurableApplicationContext>
            variables(Map<String, Object> variables) {
        return context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    }

    static class Readings {

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
