/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.testing.UseVirtualTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** S7: two contexts with one meter registry. */
@ExtendWith(OutputCaptureExtension.class)
class SharedRegistryTest {

    private static final String WARNING = "The meters of batcher \"readings\" belong to another batcher of that name";

    static List<MeterRegistry> registries() {
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(new SimpleMeterRegistry());
        SimpleMeterRegistry renaming = new SimpleMeterRegistry();
        renaming.config()
                .commonTags("application", "gateway")
                .meterFilter(MeterFilter.renameTag("batcher", "batcher", "queue"));
        return List.of(
                new SimpleMeterRegistry(), composite, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), renaming);
    }

    @ParameterizedTest
    @MethodSource("registries")
    void aBatcherWhoseMetersBelongToAnotherIsNamed(MeterRegistry meters, CapturedOutput output) {
        contexts(meters).withUserConfiguration(Readings.class).run(parent -> {
            assertThat(output).doesNotContain(WARNING);
            contexts(meters)
                    .withParent(parent)
                    .withUserConfiguration(Readings.class, Audit.class)
                    .run(child -> assertThat(child).hasNotFailed());
        });
        assertThat(output.toString().lines().filter(line -> line.contains(WARNING)))
                .singleElement()
                .asString()
                .contains("WARN", "rename one of the two", "a separate meter registry");
        assertThat(output).doesNotContain("\"audit\"");
    }

    @Test
    void siblingsToo(CapturedOutput output) {
        MeterRegistry meters = new SimpleMeterRegistry();
        contexts(meters)
                .withUserConfiguration(Readings.class)
                .run(one -> contexts(meters)
                        .withUserConfiguration(Readings.class)
                        .run(other -> assertThat(output).contains(WARNING)));
    }

    @Test
    void othersAreNot(CapturedOutput output) {
        MeterRegistry meters = new SimpleMeterRegistry();
        contexts(meters)
                .withUserConfiguration(Readings.class)
                .run(parent -> contexts(meters)
                        .withParent(parent)
                        .withUserConfiguration(Audit.class)
                        .run(child -> {
                            BatcherMetrics metrics = child.getBean(BatcherMetrics.class);
                            metrics.bindTo(meters); // by hand, once more
                            assertThat(meters.find("batcher.queue.depth").gauges())
                                    .extracting(gauge -> gauge.getId().getTag("batcher"))
                                    .containsExactlyInAnyOrder("readings", "audit");
                        }));
        contexts(new SimpleMeterRegistry())
                .withUserConfiguration(Readings.class)
                .run(parent -> contexts(new SimpleMeterRegistry())
                        .withParent(parent)
                        .withUserConfiguration(Readings.class)
                        .run(child -> assertThat(child).hasNotFailed()));
        assertThat(output).doesNotContain("belong to another batcher");
    }

    /** As Spring Boot has it: the child makes no registry where the parent has one. */
    @Test
    void aChildWithoutARegistryUsesThatOfItsParent(CapturedOutput output) {
        SpringApplicationBuilder hierarchy = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .child(ChildApp.class)
                .web(WebApplicationType.NONE);
        ConfigurableApplicationContext child = hierarchy.run();
        MeterRegistry meters = child.getParent().getBean(MeterRegistry.class);
        try (ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent()) {
            assertThat(child.getBeanNamesForType(MeterRegistry.class)).isEmpty();
            assertThat(batchersIn(meters)).containsExactlyInAnyOrder("readings", "audit");
            assertThat(output).contains(WARNING);
            child.close();
            assertThat(batchersIn(meters)).containsExactly("readings");
            assertThat(meters.find("batcher.items").tag("batcher", "audit").meters())
                    .isEmpty();
            assertThat(meters.find("batcher.items").tag("batcher", "readings").meters())
                    .hasSize(5);
            assertThat(parent.isActive()).isTrue();
        }
    }

    private static List<String> batchersIn(MeterRegistry meters) {
        return meters.find("batcher.queue.depth").gauges().stream()
                .map(gauge -> gauge.getId().getTag("batcher"))
                .toList();
    }

    private static ApplicationContextRunner contexts(MeterRegistry meters) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        BatcherMetricsAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class))
                .withBean(
                        "meters", MeterRegistry.class, () -> meters, definition -> definition.setDestroyMethodName(""))
                .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Readings.class)
    static class ParentApp {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Readings.class, Audit.class})
    static class ChildApp {}

    static class Readings {

        @BatchHandler("readings")
        void handle(List<String> batch) {}
    }

    static class Audit {

        @BatchHandler("audit")
        void handle(List<String> batch) {}
    }
}
