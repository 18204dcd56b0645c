/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Another cloud, {@code sample.cloud.url}, which responds to its first two calls with an error. */
class UnreliableCloudTest extends SampleTest {

    record Call(String path, String key, String body) {}

    private static final List<Call> calls = new CopyOnWriteArrayList<>();
    private static final HttpServer cloud = cloud();

    @DynamicPropertySource
    static void useIt(DynamicPropertyRegistry properties) {
        properties.add(
                "sample.cloud.url",
                () -> "http://127.0.0.1:" + cloud.getAddress().getPort() + "/");
        properties.add("batcher.instances.readings.retry.delay", () -> "10ms");
    }

    @AfterAll
    static void stop() {
        cloud.stop(0);
    }

    @Test
    void aFailedCallIsRepeatedWithTheSameReadingsAndTheSameKey() {
        post("/api/readings", "[" + READING + "," + READING + "]")
                .expectStatus()
                .isAccepted();

        Await.until(() -> calls.size() == 3);
        assertThat(calls).containsOnly(calls.get(0));
        assertThat(calls.get(0).path()).isEqualTo("/cloud/temperatures?account=gateway");
        assertThat(calls.get(0).body()).isEqualTo("[" + READING + "," + READING + "]");
        Await.until(() -> readings.stats().depth() == 0);
        assertThat(readings.stats().failedAttempts()).isEqualTo(2);
        assertThat(readings.stats().handled()).isEqualTo(2);
    }

    private static HttpServer cloud() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
            server.createContext("/", UnreliableCloudTest::answer);
            server.start();
            return server;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void answer(HttpExchange call) throws IOException {
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(new Call(
                call.getRequestURI().toString(), call.getRequestHeaders().getFirst("Idempotency-Key"), body));
        call.sendResponseHeaders(calls.size() <= 2 ? 503 : 204, -1);
        call.close();
    }
}
