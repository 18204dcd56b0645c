/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.actuate.BatchersEndpoint;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherObservationAutoConfiguration;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.ParentAndChild.Audit;
import io.batcher.spring.fixtures.ParentAndChild.ChildApp;
import io.batcher.spring.fixtures.ParentAndChild.ParentApp;
import io.batcher.spring.fixtures.ParentAndChild.Readings;
import io.batcher.spring.health.BatchersHealthIndicator;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A parent and a child context each have batchers of their own. */
class ParentAndChildTest {

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
}
