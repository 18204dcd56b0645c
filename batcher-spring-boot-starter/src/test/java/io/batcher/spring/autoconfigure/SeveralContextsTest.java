/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.actuate.BatchersEndpoint;
import io.batcher.spring.health.BatchersHealthIndicator;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Contexts in one JVM: side by side, parent and child, and one that fails to start. */
class SeveralContextsTest {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final ApplicationContextRunner parents = Contexts.inVirtualTime()
            .withUserConfiguration(Readings.class)
            .withPropertyValues("batcher.instances.readings.max-batch-size=7");

    @Test
    void aChildHasBatchersOfItsOwnBesideThoseOfItsParent() {
        parents.run(parent -> Contexts.inVirtualTime()
                .withParent(parent)
                .withUserConfiguration(Audit.class)
                .run(child -> {
                    assertThat(child).hasNotFailed();
                    assertThat(child.getBean(BatcherRegistry.class).names()).containsExactly("audit");
                    assertThat(parent.getBean(BatcherRegistry.class).names()).containsExactly("readings");
                    child.getBean(Audit.class).readings.add("for the parent");
                    child.getBean(Audit.class).audit.add("for the child");
                    child.getBean(VirtualTime.class).advance(INTERVAL);
                    assertThat(child.getBean(Audit.class).items).containsExactly("for the child");
                    assertThat(parent.getBean(Readings.class).items).isEmpty();
                    parent.getBean(VirtualTime.class).advance(INTERVAL);
                    assertThat(parent.getBean(Readings.class).items).containsExactly("for the parent");
                }));
    }

    @Test
    void aChildDoesNotCloseNorDrainWhatIsItsParents() {
        parents.run(parent -> {
            Audit[] audit = new Audit[1];
            Contexts.inVirtualTime()
                    .withParent(parent)
                    .withUserConfiguration(Audit.class)
                    .run(child -> {
                        audit[0] = child.getBean(Audit.class);
                        audit[0].audit.add("last");
                    });
            assertThat(audit[0].items).containsExactly("last");
            assertThat(audit[0].audit.stats().state()).isEqualTo(BatcherState.CLOSED);
            Batcher<String> readings = parent.getBean(BatcherRegistry.class).get("readings", String.class);
            assertThat(readings.stats().state()).isEqualTo(BatcherState.RUNNING);
            readings.add("later");
            parent.getBean(VirtualTime.class).advance(INTERVAL);
            assertThat(parent.getBean(Readings.class).items).containsExactly("later");
        });
    }

    @Test
    void aChildMayHaveABatcherOfTheSameName() {
        parents.run(parent -> Contexts.inVirtualTime()
                .withParent(parent)
                .withUserConfiguration(Readings.class)
                .run(child -> {
                    assertThat(child).hasNotFailed();
                    child.getBean(BatcherRegistry.class)
                            .get("readings", String.class)
                            .add("a");
                    child.getBean(VirtualTime.class).advance(INTERVAL);
                    assertThat(child.getBean(Readings.class).items).containsExactly("a");
                    assertThat(parent.getBean(Readings.class).items).isEmpty();
                }));
    }

    /** As Spring Boot's own hierarchies have it: the child inherits the environment of its parent. */
    @Test
    void propertiesThatSpeakOfABatcherOfTheParentDoNotTroubleTheChild() {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties("batcher.instances.readings.interval=2s")
                .child(ChildApp.class)
                .web(WebApplicationType.NONE)
                .run()) {
            assertThat(child.getBean(BatcherRegistry.class).names()).containsExactly("audit");
            assertThat(child.getBean(BatcherRegistry.class))
                    .isNotSameAs(child.getParent().getBean(BatcherRegistry.class));
        }
    }

    @Test
    void aFileThatBothReadMayNotConfigureABatcherOfTheChild(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.audit.interval=2s");
        assertThatExceptionOfType(BatcherConfigurationException.class)
                .isThrownBy(() -> run(parent(files, ParentApp.class).child(ChildApp.class)))
                .satisfies(failure -> assertThat(failure.action())
                        .contains(
                                "child context",
                                "a profile",
                                "spring.config.name",
                                "exclude BatcherAutoConfiguration"));
    }

    @Test
    void aProfileOfTheChildMay(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.readings.interval=3s");
        Files.writeString(files.resolve("application-child.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext child =
                run(parent(files, ParentApp.class).child(ChildApp.class).profiles("child"))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(intervalOf("readings", child.getParent())).hasSeconds(3);
        }
    }

    @Test
    void aFileOfTheChildMay(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.readings.interval=3s");
        Files.writeString(files.resolve("child.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext parent = run(parent(files, ParentApp.class));
                ConfigurableApplicationContext child = run(new SpringApplicationBuilder(ChildApp.class)
                        .parent(parent)
                        .properties("spring.config.location=" + files.toUri(), "spring.config.name=child"))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(intervalOf("readings", parent)).hasSeconds(3);
        }
    }

    @Test
    void aParentWithoutTheStarterMayReadWhatConfiguresABatcherOfTheChild(@TempDir Path files) throws IOException {
        Files.writeString(files.resolve("application.properties"), "batcher.instances.audit.interval=2s");
        try (ConfigurableApplicationContext child =
                run(parent(files, ParentWithoutStarter.class).child(LonelyChildApp.class))) {
            assertThat(intervalOf("audit", child)).hasSeconds(2);
            assertThat(child.getParent().getBeanProvider(BatcherRegistry.class)).isEmpty();
        }
    }

    private static SpringApplicationBuilder parent(Path files, Class<?> application) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties("spring.config.location=" + files.toUri());
    }

    private static ConfigurableApplicationContext run(SpringApplicationBuilder application) {
        return application.web(WebApplicationType.NONE).run();
    }

    private static Duration intervalOf(String batcher, ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).managed().stream()
                .filter(managed -> managed.name().equals(batcher))
                .findFirst()
                .orElseThrow()
                .config()
                .orElseThrow()
                .interval();
    }

    @Test
    void aChildMeasuresItsOwnBatchers() {
        ApplicationContextRunner measured = new ApplicationContextRunner()
                .withConfiguration(org.springframework.boot.autoconfigure.AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        BatcherMetricsAutoConfiguration.class,
                        BatcherObservationAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class);
        measured.withUserConfiguration(Readings.class)
                .run(parent -> measured.withParent(parent)
                        .withUserConfiguration(Audit.class)
                        .run(child -> {
                            assertThat(batchersMeasuredIn(parent.getBean(SimpleMeterRegistry.class)))
                                    .containsExactly("readings");
                            assertThat(batchersMeasuredIn(child.getBean(SimpleMeterRegistry.class)))
                                    .containsExactly("audit");
                        }));
    }

    @Test
    void aChildShowsAndOperatesItsOwnBatchers() throws Exception {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "server.port=0",
                        "management.endpoints.web.exposure.include=batchers",
                        "management.health.batchers.enabled=true")
                .child(ChildApp.class)
                .web(WebApplicationType.SERVLET)
                .run()) {
            assertThat(call(child, "GET", "batchers").body())
                    .contains("\"audit\"")
                    .doesNotContain("\"readings\"");
            assertThat(child.getBean(BatchersHealthIndicator.class).health().getDetails())
                    .containsOnlyKeys("audit");
            assertThat(call(child, "POST", "batchers/audit").statusCode()).isEqualTo(200);
            assertThat(call(child, "POST", "batchers/readings/pause").statusCode())
                    .isEqualTo(404);
            BatcherRegistry parents = child.getParent().getBean(BatcherRegistry.class);
            assertThat(parents.get("readings").stats().state()).isEqualTo(BatcherState.RUNNING);
            assertThat(child.getParent().getBean(BatchersEndpoint.class).batcher("readings"))
                    .isNotNull();
        }
    }

    private static HttpResponse<String> call(ApplicationContext context, String method, String path) throws Exception {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/" + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static Set<String> batchersMeasuredIn(SimpleMeterRegistry meters) {
        return meters.find("batcher.queue.depth").gauges().stream()
                .map(gauge -> gauge.getId().getTag("batcher"))
                .collect(Collectors.toSet());
    }

    @Test
    void twoContextsOfOneJvmMayHaveTheSameNames() throws Exception {
        String[] properties = {
            "spring.jmx.enabled=true",
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "management.endpoints.jmx.exposure.include=batchers",
            "batcher.defaults.interval=1h"
        };
        SpringApplicationBuilder one = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties(properties);
        SpringApplicationBuilder two = new SpringApplicationBuilder(ParentApp.class)
                .web(WebApplicationType.NONE)
                .properties(properties);
        ObjectName names = new ObjectName("org.springframework.boot:type=Endpoint,name=Batchers,*");
        try (ConfigurableApplicationContext first = one.run();
                ConfigurableApplicationContext second = two.run()) {
            assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(names, null))
                    .hasSize(2);
            first.getBean(BatcherRegistry.class).get("readings", String.class).add("a");
            second.getBean(BatcherRegistry.class).get("readings", String.class).submit("b");
            second.getBean(BatcherRegistry.class).get("readings").flush().join();
            assertThat(first.getBean(Readings.class).items).isEmpty();
            assertThat(second.getBean(Readings.class).items).containsExactly("b");
        }
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(names, null))
                .isEmpty();
    }

    @Test
    void aStartThatFailsLeavesNoThread() throws Exception {
        Set<Thread> before = starterThreads();
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(ParentApp.class, Failing.class)
                        .web(WebApplicationType.NONE)
                        .properties("batcher.defaults.interval=1ms")
                        .run())
                .withStackTraceContaining("fails on purpose");
        assertThat(Failing.batcher.stats().state()).isEqualTo(BatcherState.CLOSED);
        for (Thread thread : starterThreads()) {
            if (!before.contains(thread)) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private static Set<Thread> starterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("batcher-"))
                .collect(Collectors.toSet());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(Readings.class)
    static class ParentApp {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(Audit.class)
    static class ChildApp {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = BatcherAutoConfiguration.class)
    static class ParentWithoutStarter {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class LonelyChildApp {

        @BatchHandler("audit")
        void handle(List<String> batch) {}
    }

    static class Readings {

        final List<String> items = new ArrayList<>();

        @BatchHandler("readings")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    static class Audit {

        final List<String> items = new ArrayList<>();
        final Batcher<String> audit;
        final Batcher<String> readings;

        Audit(@Qualifier("audit") Batcher<String> audit, @Qualifier("readings") Batcher<String> readings) {
            this.audit = audit;
            this.readings = readings;
        }

        @BatchHandler("audit")
        void handle(List<String> batch) {
            items.addAll(batch);
        }
    }

    /** Fails when the context has everything else, and items are on their way. */
    static class Failing implements org.springframework.context.SmartLifecycle {

        static Batcher<String> batcher;

        Failing(Batcher<String> batcher) {
            Failing.batcher = batcher;
        }

        @Override
        public void start() {
            batcher.submit("a").join();
            batcher.add("b");
            throw new IllegalStateException("fails on purpose");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }
}
