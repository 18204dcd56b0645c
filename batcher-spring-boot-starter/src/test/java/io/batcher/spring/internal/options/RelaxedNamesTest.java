/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherConfig;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** S1: environment variables, which cannot spell a hyphen, belong to the batcher that they can mean. */
class RelaxedNamesTest {

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Handlers.class);

    @Test
    void aVariableReachesANameWithAHyphen() {
        withVariables(Map.of(
                        "BATCHER_INSTANCES_ORDERAUDIT_MAXBATCHSIZE", "7",
                        "BATCHER_INSTANCES_ORDERAUDIT_RETRY_MAXATTEMPTS", "3",
                        "BATCHER_INSTANCES_ORDERAUDIT_RETRY_RETRYON_0", "java.io.IOException"))
                .run(context -> {
                    assertThat(context.getBean(BatcherRegistry.class).names())
                            .containsExactly("order-audit", "readings");
                    assertThat(config(context, "order-audit").maxBatchSize()).isEqualTo(7);
                    assertThat(config(context, "order-audit").retry().maxAttempts())
                            .isEqualTo(3);
                });
    }

    @Test
    void aVariableMaySpellTheHyphenAsAnUnderscore() {
        withVariables(Map.of("BATCHER_INSTANCES_ORDER_AUDIT_MAX_BATCH_SIZE", "7"))
                .run(context -> {
                    assertThat(context.getBean(BatcherRegistry.class).names())
                            .containsExactly("order-audit", "readings");
                    assertThat(config(context, "order-audit").maxBatchSize()).isEqualTo(7);
                });
    }

    @Test
    void aVariableOverridesTheProperties() {
        withVariables(Map.of("BATCHER_INSTANCES_ORDERAUDIT_INTERVAL", "7s", "BATCHER_DEFAULTS_CAPACITY", "1234"))
                .withPropertyValues("batcher.instances.readings.interval=2s")
                .run(context -> {
                    assertThat(config(context, "order-audit").interval()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(config(context, "readings").interval()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(config(context, "readings").capacity()).isEqualTo(1234);
                });
    }

    @Test
    void aVariableMayMakeABatcherByItself() {
        withVariables(Map.of("BATCHER_INSTANCES_AUDIT_ITEMTYPE", "java.lang.String"))
                .run(context -> assertThat(
                                context.getBean(BatcherRegistry.class).names())
                        .containsExactly("audit", "order-audit", "readings"));
    }

    @Test
    void aVariableOfAnUnknownBatcherFailsStartup() {
        withVariables(Map.of("BATCHER_INSTANCES_ORDERAUDITS_INTERVAL", "7s"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("Batcher \"orderaudits\" is configured")
                        .hasMessageContaining("Did you mean \"order-audit\"?"));
    }

    private static BatcherConfig<?> config(AssertableApplicationContext context, String name) {
        return context.getBean(BatcherRegistry.class).managed().stream()
                .filter(managed -> managed.name().equals(name))
                .findFirst()
                .flatMap(managed -> managed.config())
                .orElseThrow();
    }

    private ApplicationContextRunner withVariables(Map<String, Object> variables) {
        return contexts.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
    }

    static class Handlers {

        @BatchHandler("order-audit")
        void audit(List<String> batch) {}

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
