/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.reading;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.docs.snippet.GatewayApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

/** The examples of docs/securing.md, with Spring Security and a real port. */
class SecuringPageTest extends PageTest {

    private static final String RIGHT = "operator:secret";

    SecuringPageTest() {
        super("docs/securing.md");
    }

    @Test
    void theDefaultsRefuseAPostAlsoWithTheRightPassword() throws Exception {
        try (ConfigurableApplicationContext context = start("OPERATOR", Application.class)) {
            assertThat(call(context, "GET", "/actuator/batchers", RIGHT)).isEqualTo(200);
            assertThat(call(context, "POST", "/actuator/batchers/readings", RIGHT))
                    .isIn(401, 403);
        }
    }

    @Test
    void theRoleMayUseTheEndpointAndNobodyElse() throws Exception {
        try (ConfigurableApplicationContext context = start("OPERATOR", Application.class, configuration())) {
            readingsOf(context).add(reading);
            for (String call : List.of(
                    "GET ",
                    "GET /readings",
                    "POST ",
                    "POST /readings",
                    "POST /readings/pause",
                    "POST /readings/resume")) {
                String method = call.substring(0, call.indexOf(' '));
                String path = "/actuator/batchers" + call.substring(call.indexOf(' ') + 1);
                assertThat(call(context, method, path, "operator:wrong")).isEqualTo(401);
                assertThat(call(context, method, path, null)).isEqualTo(401);
                assertThat(call(context, method, path, RIGHT)).as(call).isEqualTo(200);
            }
            assertThat(Fixtures.cloud.stored()).containsExactly(reading);
            theRestIsAsSpringBootHasIt(context);
        }
    }

    @Test
    void anotherRoleMayNot() throws Exception {
        try (ConfigurableApplicationContext context = start("USER", Application.class, configuration())) {
            assertThat(call(context, "GET", "/actuator/batchers", RIGHT)).isEqualTo(403);
            assertThat(call(context, "POST", "/actuator/batchers/readings", RIGHT))
                    .isEqualTo(403);
        }
    }

    private static void theRestIsAsSpringBootHasIt(ConfigurableApplicationContext context) throws Exception {
        assertThat(call(context, "GET", "/actuator/health", null)).isEqualTo(200);
        assertThat(call(context, "GET", "/actuator/info", null)).isEqualTo(401);
        assertThat(call(context, "GET", "/actuator/info", RIGHT)).isEqualTo(200);
        assertThat(call(context, "POST", "/elsewhere", RIGHT)).isIn(401, 403);
    }

    private Class<?> configuration() {
        return Examples.compiled(java("With Spring Security"));
    }

    private static ConfigurableApplicationContext start(String role, Class<?>... configurations) {
        SpringApplication application =
                new SpringApplication(new DefaultResourceLoader(Examples.LOADER), configurations);
        application.setDefaultProperties(Map.of(
                "server.port", "0",
                "spring.security.user.name", "operator",
                "spring.security.user.password", "secret",
                "spring.security.user.roles", role,
                "management.endpoints.web.exposure.include", "health, info, batchers"));
        return application.run("--" + SecurityWhereAskedFor.PROPERTY + "=true");
    }

    private static int call(ConfigurableApplicationContext context, String method, String path, String credentials)
            throws Exception {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (credentials != null) {
            byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        HttpResponse<Void> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding());
        return response.statusCode();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @org.springframework.context.annotation.Import(GatewayApplication.class)
    static class Application {}
}
