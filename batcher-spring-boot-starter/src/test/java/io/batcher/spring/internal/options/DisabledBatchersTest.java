/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import static io.batcher.spring.autoconfigure.StartFailures.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.DeadLetter;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.DeadLetterHandler;
import io.batcher.spring.actuate.BatchersEndpoint;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Reading;
import io.batcher.spring.health.BatchersHealthIndicator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** S1: a batcher that the properties take out, with its handler methods. */
class DisabledBatchersTest {

    private static final String OFF = "batcher.instances.readings.enabled=false";

    private final ApplicationContextRunner contexts = Contexts.inVirtualTime().withUserConfiguration(Audit.class);
    private final ApplicationContextRunner both = contexts.withUserConfiguration(Readings.class);

    @Test
    void itHasNoBeanAndIsNotKnown() {
        both.withPropertyValues(
                        OFF,
                        "management.health.batchers.enabled=true",
                        "management.endpoints.web.exposure.include=batchers")
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean("readingsBatcher");
                    assertThat(context.getBean(BatcherRegistry.class).names()).containsExactly("audit");
                    assertThat(context.getBean(BatcherRegistry.class).managed()).hasSize(1);
                    assertThat(context.getBean(BatcherProperties.class).instances())
                            .containsOnlyKeys("audit");
                });
    }

    @Test
    void theLookUpSaysSo() {
        both.withPropertyValues(OFF)
                .run(context -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> context.getBean(BatcherRegistry.class).get("readings"))
                        .withMessage("There is no batcher \"readings\": batcher.instances.readings.enabled is false."
                                + " Known batchers: \"audit\"."));
    }

    @Test
    @Tag("tests-with-org.springframework.boot.actuate")
    void endpointAndHealthDoNotKnowIt() {
        both.withPropertyValues(
                        OFF,
                        "management.health.batchers.enabled=true",
                        "management.endpoints.jmx.exposure.include=batchers",
                        "spring.jmx.enabled=true")
                .run(context -> {
                    BatchersEndpoint endpoint = context.getBean(BatchersEndpoint.class);
                    assertThat(endpoint.batchers().batchers()).containsOnlyKeys("audit");
                    assertThat(endpoint.batcher("readings")).isNull();
                    assertThat(context.getBean(BatchersHealthIndicator.class)
                                    .health()
                                    .getDetails())
                            .containsOnlyKeys("audit");
                });
    }

    /** The common file configures it, a condition leaves its bean out. */
    @Test
    void itMayBeConfiguredWhereNothingHandlesIt() {
        contexts.withUserConfiguration(Conditional.class)
                .withPropertyValues("batcher.instances.readings.interval=1s", "readings.active=false")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("by a condition, a profile or a test")
                        .hasMessageContaining("set batcher.instances.readings.enabled=false"));
        contexts.withUserConfiguration(Conditional.class)
                .withPropertyValues("batcher.instances.readings.interval=1s", "readings.active=false", OFF)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("readingsBatcher"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "interval=never",
                "interval=-1s",
                "item-type=com.acme.Nothing",
                "intervall=1s",
                "retry.retry-on=java.lang.String",
                "max-batch-weight=3",
                "retry=3"
            })
    void nothingIsSaidOfItsOtherOptions(String option) {
        both.withPropertyValues(OFF, "batcher.instances.readings." + option)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void nothingIsSaidOfItsHandlerMethods() {
        both.withUserConfiguration(Readings.class, SecondReadings.class, WrongReadings.class, Callbacks.class)
                .withPropertyValues(OFF)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).hasSingleBean(Callbacks.class).hasSingleBean(SecondReadings.class);
                    assertThat(context).getBeans(Batcher.class).containsOnlyKeys("auditBatcher");
                });
    }

    /** Found when the bean is created, not by its definition. */
    @Test
    void aHiddenHandlerIsLeftOutToo() {
        contexts.withUserConfiguration(Hidden.class)
                .withPropertyValues(OFF)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "batcher.instances.order-audit.enabled=false",
                "batcher.instances.order-audit.ENABLED=FALSE",
                "batcher.instances.orderaudit.enabled=off",
                "batcher.instances.order-audit.enabled=no",
                "batcher.instances.order-audit.enabled=${off:false}"
            })
    void inAnySpelling(String property) {
        contexts.withUserConfiguration(OrderAudit.class)
                .withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("orderAuditBatcher"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BATCHER_INSTANCES_ORDERAUDIT_ENABLED", "BATCHER_INSTANCES_ORDER_AUDIT_ENABLED"})
    void byAnEnvironmentVariable(String variable) {
        contexts.withUserConfiguration(OrderAudit.class)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(variable, "false", "BATCHER_INSTANCES_ORDERAUDIT_INTERVAL", "1s"))))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean("orderAuditBatcher");
                    assertThat(context.getBean(BatcherRegistry.class).names()).containsExactly("audit");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", ""})
    void otherwiseItIsThere(String value) {
        both.withPropertyValues("batcher.instances.readings.enabled=" + value)
                .run(context -> assertThat(context).hasBean("readingsBatcher"));
    }

    @Test
    void aValueThatIsNeitherTrueNorFalse() {
        assertFailure(
                both.withPropertyValues("batcher.instances.readings.enabled=never"),
                "Batcher \"readings\" is not configured properly: batcher.instances.readings.enabled has the value"
                        + " \"never\" (\"batcher.instances.readings.enabled\" from property source \"test\"), which is"
                        + " invalid: valid values are true, false.",
                "Correct the value.");
    }

    @Test
    void forAllOfThem() {
        assertFailure(
                both.withPropertyValues("batcher.defaults.enabled=false"),
                "batcher.defaults.enabled has no meaning: batchers are disabled individually.",
                "Remove it, and set batcher.instances.<name>.enabled=false for each batcher to disable.");
        assertFailure(
                both.withPropertyValues("batcher.enabled=false"),
                "batcher.enabled (\"batcher.enabled\" from property source \"test\") is misplaced.",
                "Move it to batcher.instances.<name>.enabled.");
    }

    @Test
    void aProviderDoesWithoutIt() {
        both.withUserConfiguration(Provider.class).withPropertyValues(OFF).run(context -> {
            assertThat(context.getBean(Provider.class).readings.getIfAvailable())
                    .isNull();
            assertThat(context.getBean(Provider.class).all).containsOnlyKeys("auditBatcher");
        });
    }

    @Test
    void oneOfTwoHandlersWhoseNamesAreEqualWithoutHyphens() {
        assertFailure(
                contexts.withUserConfiguration(OrderAudit.class, Orderaudit.class)
                        .withPropertyValues("batcher.instances.orderaudit.enabled=false"),
                "The batchers \"order-audit\" and \"orderaudit\" have names that differ only in hyphens, which an"
                        + " environment variable cannot distinguish.",
                "Rename one of them.");
    }

    @Test
    void theApplicationsOwnBatcherStays() {
        both.withUserConfiguration(Own.class).withPropertyValues(OFF).run(context -> {
            assertThat(context).hasNotFailed().hasBean("readingsBatcher");
            assertThat(context.getBean(BatcherRegistry.class).names()).containsExactly("audit", "readings");
        });
    }

    @Test
    void inAParentAndInAChild() {
        ApplicationContextRunner on = both.withPropertyValues("batcher.instances.readings.enabled=true");
        ApplicationContextRunner off = both.withPropertyValues(OFF);
        off.run(parent -> on.withParent(parent).run(child -> {
            assertThat(parent.getBean(BatcherRegistry.class).names()).containsExactly("audit");
            assertThat(child.getBean(BatcherRegistry.class).names()).containsExactly("audit", "readings");
        }));
        on.run(parent -> off.withParent(parent).run(child -> {
            assertThat(child.getBean(BatcherRegistry.class).names()).containsExactly("audit");
            assertThat(parent.getBean(BatcherRegistry.class).names()).containsExactly("audit", "readings");
        }));
    }

    static class Audit {

        @BatchHandler("audit")
        void handle(List<String> batch) {}
    }

    static class OrderAudit {

        @BatchHandler("order-audit")
        void handle(List<String> batch) {}
    }

    static class Orderaudit {

        @BatchHandler("orderaudit")
        void handle(List<String> batch) {}
    }

    static class Readings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}

        @BatchErrorHandler("readings")
        void failed(BatchFailure<Reading> failure) {}

        @DeadLetterHandler("readings")
        void dead(DeadLetter<Reading> letter) {}
    }

    static class SecondReadings {

        @BatchHandler("readings")
        void handle(List<Reading> batch) {}
    }

    static class WrongReadings {

        @BatchHandler("readings")
        private void handle(String one, String other) {}
    }

    static class Callbacks {

        @BatchErrorHandler("readings")
        void failed(BatchFailure<Long> failure) {}

        @DeadLetterHandler("readings")
        void dead(DeadLetter<Long> letter) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Conditional {

        @Bean
        @ConditionalOnProperty("readings.active")
        Readings conditionalReadings() {
            return new Readings();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Hidden {

        @Bean
        Object hiddenReadings() {
            return new Readings();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {

        @Bean
        Batcher<Reading> readingsBatcher() {
            return Batcher.<Reading>builder("readings").handler(batch -> {}).build();
        }
    }

    record Provider(ObjectProvider<Batcher<Reading>> readings, Map<String, Batcher<?>> all) {}
}
