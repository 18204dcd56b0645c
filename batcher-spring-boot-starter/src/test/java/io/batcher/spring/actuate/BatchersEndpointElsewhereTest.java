/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import com.jayway.jsonpath.JsonPath;
import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** S6 and S9: the endpoint on WebFlux, on a port of its own, over JMX, and when it may only be read or not be seen. */
class BatchersEndpointElsewhereTest {

    private static final String EXPOSED = "management.endpoints.web.exposure.include=batchers";

    @Test
    void onWebFluxItAnswersAsOnMvc() throws Exception {
        try (ConfigurableApplicationContext context = run(WebApplicationType.REACTIVE, EXPOSED)) {
            assertThat(context.getClass().getSimpleName()).contains("Reactive");
            int port = port(context);
            add(context, "readings");
            assertThat(JsonPath.<Integer>read(get(port, "").body(), "$.batchers.readings.depth"))
                    .isEqualTo(1);
            assertThat(JsonPath.<Map<String, Object>>read(get(port, "/readings").body(), "$"))
                    .hasSize(20)
                    .containsEntry("lastFailure", null);
            assertThat(get(port, "/nothing").statusCode()).isEqualTo(404);
            HttpResponse<String> flush = post(port, "/readings");
            assertThat(flush.statusCode()).isEqualTo(200);
            assertThat(JsonPath.<Map<String, Object>>read(flush.body(), "$"))
                    .isEqualTo(Map.of("name", "readings", "outcome", "SUCCESS", "depth", 0));
            assertThat(post(port, "").statusCode()).isEqualTo(200);
            assertThat(post(port, "/readings/pause").statusCode()).isEqualTo(200);
            assertThat(post(port, "/readings/flush").statusCode()).isEqualTo(503);
            assertThat(post(port, "/readings/explode").statusCode()).isEqualTo(400);
            assertThat(post(port, "/nothing").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void itMayBeRestrictedToReading() throws Exception {
        try (ConfigurableApplicationContext context =
                run(WebApplicationType.SERVLET, EXPOSED, "management.endpoint.batchers.access=read-only")) {
            assertThat(get(port(context), "").statusCode()).isEqualTo(200);
            assertThat(get(port(context), "/readings").statusCode()).isEqualTo(200);
            assertThat(get(port(context), "/nothing").statusCode()).isEqualTo(404);
            assertThat(post(port(context), "").statusCode()).isEqualTo(405);
            assertThat(post(port(context), "/readings").statusCode()).isEqualTo(405);
            assertThat(post(port(context), "/nothing").statusCode()).isEqualTo(405);
            for (String action : List.of("flush", "resume", "explode")) {
                assertThat(post(port(context), "/readings/" + action).statusCode())
                        .isIn(404, 405);
            }
            assertThat(post(port(context), "/readings/pause").statusCode()).isIn(404, 405);
            assertThat(stateOf(context, "readings")).isEqualTo(BatcherState.RUNNING);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.endpoints.access.max-permitted=read-only",
                "management.endpoints.access.default=read-only"
            })
    void itKeepsToWhatIsPermittedToAllEndpoints(String property) throws Exception {
        try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, EXPOSED, property)) {
            assertThat(get(port(context), "/readings").statusCode()).isEqualTo(200);
            assertThat(post(port(context), "/readings").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void itMayBeSwitchedOff() throws Exception {
        try (ConfigurableApplicationContext context =
                run(WebApplicationType.SERVLET, EXPOSED, "management.endpoint.batchers.access=none")) {
            assertThat(get(port(context), "").statusCode()).isEqualTo(404);
            assertThat(get(port(context), "/readings").statusCode()).isEqualTo(404);
            assertThat(post(port(context), "/readings").statusCode()).isEqualTo(404);
            assertThat(context.getBeanNamesForType(BatchersEndpoint.class)).isEmpty();
        }
    }

    @Test
    void itIsNotSeenUnlessExposed() throws Exception {
        try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET)) {
            assertThat(get(port(context), "").statusCode()).isEqualTo(404);
            assertThat(post(port(context), "/readings").statusCode()).isEqualTo(404);
            assertThat(context.getBeanNamesForType(BatchersEndpoint.class)).isEmpty();
        }
    }

    @Test
    void itIsThereOnAPortOfItsOwn() throws Exception {
        try (ConfigurableApplicationContext context =
                run(WebApplicationType.SERVLET, EXPOSED, "management.server.port=0")) {
            int port = context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
            assertThat(port).isNotEqualTo(port(context));
            assertThat(post(port, "/readings").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void itIsThereOverJmxWithoutTheWeb() throws Exception {
        try (ConfigurableApplicationContext context = run(
                WebApplicationType.NONE,
                "spring.jmx.enabled=true",
                "management.endpoints.jmx.exposure.include=batchers")) {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = new ObjectName("org.springframework.boot:type=Endpoint,name=Batchers");
            assertThat(Arrays.stream(server.getMBeanInfo(name).getOperations()).map(MBeanOperationInfo::getName))
                    .containsExactlyInAnyOrder(
                            "batchers", "batcher", "deadLetters", "flushAll", "flush", "perform", "performOn");
            add(context, "readings");
            assertThat(server.invoke(name, "flush", new Object[] {"readings"}, new String[] {"java.lang.String"}))
                    .isEqualTo(Map.of("name", "readings", "outcome", "SUCCESS", "depth", 0));
            Object paused = server.invoke(name, "perform", new Object[] {"readings", "pause"}, new String[] {
                "java.lang.String", "java.lang.String"
            });
            assertThat(paused)
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                    .containsEntry("state", "PAUSED")
                    .hasSize(20);
            assertThatException()
                    .isThrownBy(
                            () -> server.invoke(name, "perform", new Object[] {"readings", "explode"}, new String[] {
                                "java.lang.String", "java.lang.String"
                            }))
                    .withStackTraceContaining("The action is not one of [flush, pause, resume, redrive]");
            assertThat(server.invoke(name, "batcher", new Object[] {"nothing"}, new String[] {"java.lang.String"}))
                    .isNull();
        }
    }

    private static ConfigurableApplicationContext run(WebApplicationType type, String... properties) {
        return new SpringApplicationBuilder(App.class)
                .web(type)
                .properties("server.port=0", "batcher.defaults.interval=1h", "spring.main.banner-mode=off")
                .properties(properties)
                .run();
    }

    private static BatcherState stateOf(ConfigurableApplicationContext context, String batcher) {
        return context.getBean(BatcherRegistry.class).get(batcher).stats().state();
    }

    private static int port(ConfigurableApplicationContext context) {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    private static void add(ConfigurableApplicationContext context, String batcher) {
        Batcher<String> typed = context.getBean(BatcherRegistry.class).get(batcher, String.class);
        typed.add("item");
    }

    /** On a connection of its own: a server may close one after an error. */
    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return send(request(port, path).GET().build());
    }

    private HttpResponse<String> post(int port, String path) throws IOException, InterruptedException {
        return send(request(port, path).POST(BodyPublishers.noBody()).build());
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/batchers" + path));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @BatchHandler("readings")
        void store(List<String> batch) {}
    }
}
