/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;

/** S6: every call of the endpoint, as curl makes it, over a real port. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=batchers",
            "batcher.defaults.interval=1h",
            "batcher.instances.stuck.max-batch-size=5",
            "batcher.endpoint.flush-timeout=300ms"
        })
class BatchersEndpointHttpTest {

    @LocalServerPort
    private int port;

    @Autowired
    private BatcherRegistry registry;

    @Autowired
    private App app;

    @AfterEach
    void deliverWhatIsLeft() {
        app.network = true;
        app.stuck.countDown();
        registry.all().forEach(Batcher::resume);
        registry.all().forEach(batcher -> batcher.flush().join());
        app.stored.clear();
        app.network = false;
        app.stuck = new CountDownLatch(1);
    }

    @Test
    void getListsAllBatchers() throws Exception {
        HttpResponse<String> response = get("");
        assertThat(response.statusCode()).isEqualTo(200);
        Map<String, Object> all = JsonPath.read(response.body(), "$");
        assertThat(all).containsOnlyKeys("batchers");
        Map<String, Object> batchers = JsonPath.read(response.body(), "$.batchers");
        assertThat(batchers).containsOnlyKeys("failing", "idle", "readings", "stuck");
    }

    @Test
    void getOfOneTellsEverythingAndAbsentThingsAreNull() throws Exception {
        HttpResponse<String> response = get("/idle");
        assertThat(response.statusCode()).isEqualTo(200);
        Map<String, Object> readings = JsonPath.read(response.body(), "$");
        assertThat(readings)
                .containsOnlyKeys(
                        "name",
                        "itemType",
                        "handler",
                        "state",
                        "depth",
                        "inFlight",
                        "capacity",
                        "oldestAgeMs",
                        "busyForMs",
                        "pausedForMs",
                        "consecutiveFailures",
                        "intervalMs",
                        "maxBatchSize",
                        "overflow",
                        "totals",
                        "lastFailure")
                .containsEntry("name", "idle")
                .containsEntry("itemType", "java.lang.String")
                .containsEntry("handler", App.class.getName() + ".idle")
                .containsEntry("state", "RUNNING")
                .containsEntry("depth", 0)
                .containsEntry("inFlight", 0)
                .containsEntry("capacity", 100_000)
                .containsEntry("oldestAgeMs", null)
                .containsEntry("busyForMs", null)
                .containsEntry("pausedForMs", null)
                .containsEntry("consecutiveFailures", 0)
                .containsEntry("intervalMs", 3_600_000)
                .containsEntry("maxBatchSize", 1_000)
                .containsEntry("overflow", "REJECT")
                .containsEntry("lastFailure", null);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$.totals"))
                .containsOnlyKeys(
                        "accepted",
                        "handled",
                        "failedAttempts",
                        "rejected",
                        "dropped",
                        "deadLettered",
                        "handedBack",
                        "batches")
                .allSatisfy((name, count) -> assertThat(count).isEqualTo(0));
    }

    @Test
    void getOfOneTellsOfAFailureByTypeOnly() throws Exception {
        add("failing", "item-canary");
        Instant before = Instant.now();
        assertThat(post("/failing").statusCode()).isEqualTo(503);
        String body = get("/failing").body();
        assertThat(body).doesNotContain("canary");
        assertThat(JsonPath.<Map<String, Object>>read(body, "$.lastFailure"))
                .containsOnlyKeys("type", "at", "attempt")
                .containsEntry("type", "java.io.IOException")
                .containsEntry("attempt", 1)
                .hasEntrySatisfying(
                        "at", at -> assertThat(Instant.parse((String) at)).isBetween(before, Instant.now()));
        assertThat(JsonPath.<Integer>read(body, "$.consecutiveFailures")).isEqualTo(1);
        assertThat(JsonPath.<Integer>read(body, "$.totals.failedAttempts")).isPositive();
        assertThat(JsonPath.<Integer>read(body, "$.oldestAgeMs")).isNotNegative();
    }

    @Test
    void getOfOneTellsThatItIsBusy() throws Exception {
        for (int i = 0; i < 6; i++) {
            add("stuck", "item");
        }
        app.begun.await();
        String body = get("/stuck").body();
        assertThat(JsonPath.<Integer>read(body, "$.busyForMs")).isNotNegative();
        assertThat(JsonPath.<Integer>read(body, "$.inFlight")).isEqualTo(5);
        assertThat(JsonPath.<Integer>read(body, "$.depth")).isEqualTo(6);
        assertThat(JsonPath.<String>read(body, "$.handler")).isEqualTo(App.class.getName() + ".stick");
    }

    @Test
    void getOfAnUnknownOneIs404() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void postToOneFlushesItWithoutABody() throws Exception {
        add("readings", "a");
        HttpResponse<String> response = post("/readings");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("name", "readings", "outcome", "SUCCESS", "depth", 0));
        assertThat(app.stored).containsExactly("a");
    }

    @Test
    void postToOneWithABodyFlushesItToo() throws Exception {
        add("readings", "a");
        HttpResponse<String> response = send(request("/readings")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(app.stored).containsExactly("a");
    }

    @Test
    void aFlushThatFailsIs503() throws Exception {
        add("failing", "a");
        HttpResponse<String> response = post("/failing/flush");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("name", "failing", "outcome", "FAILED", "depth", 1));
    }

    @Test
    void aFlushThatTakesTooLongIs503() throws Exception {
        add("stuck", "a");
        HttpResponse<String> response = post("/stuck");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("name", "stuck", "outcome", "TIMED_OUT", "depth", 1));
    }

    @Test
    void aFlushWhileDeliveryRestsIs503AndTriesNothing() throws Exception {
        registry.get("readings").pause();
        add("readings", "a");
        HttpResponse<String> response = post("/readings");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("name", "readings", "outcome", "PAUSED", "depth", 1));
        assertThat(app.stored).isEmpty();
    }

    @Test
    void postToAllFlushesEachOfThem() throws Exception {
        add("readings", "a");
        HttpResponse<String> response = post("");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of(
                        "batchers",
                        Map.of(
                                "failing", Map.of("name", "failing", "outcome", "SUCCESS", "depth", 0),
                                "idle", Map.of("name", "idle", "outcome", "SUCCESS", "depth", 0),
                                "readings", Map.of("name", "readings", "outcome", "SUCCESS", "depth", 0),
                                "stuck", Map.of("name", "stuck", "outcome", "SUCCESS", "depth", 0))));
        assertThat(app.stored).containsExactly("a");
    }

    @Test
    void postToAllIs503IfOneDoesNotSucceed() throws Exception {
        add("readings", "a");
        add("failing", "b");
        add("stuck", "c");
        HttpResponse<String> response = post("");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JsonPath.<List<String>>read(response.body(), "$.batchers[*].outcome"))
                .containsExactly("FAILED", "SUCCESS", "SUCCESS", "TIMED_OUT");
        assertThat(app.stored).containsExactly("a");
    }

    @Test
    void pauseAndResumeAnswerTheBatcher() throws Exception {
        HttpResponse<String> paused = post("/readings/pause");
        assertThat(paused.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<String>read(paused.body(), "$.name")).isEqualTo("readings");
        assertThat(JsonPath.<String>read(paused.body(), "$.state")).isEqualTo("PAUSED");
        assertThat(JsonPath.<Integer>read(paused.body(), "$.pausedForMs")).isNotNegative();
        HttpResponse<String> resumed = post("/readings/resume");
        assertThat(resumed.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<String>read(resumed.body(), "$.state")).isEqualTo("RUNNING");
        assertThat(JsonPath.<Object>read(resumed.body(), "$.pausedForMs")).isNull();
    }

    @Test
    void theFlushActionFlushes() throws Exception {
        add("readings", "a");
        assertThat(post("/readings/flush").statusCode()).isEqualTo(200);
        assertThat(app.stored).containsExactly("a");
    }

    @Test
    void anUnknownActionIs400AndIsNotRepeated() throws Exception {
        HttpResponse<String> response = post("/readings/explode");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("actions", List.of("flush", "pause", "resume")));
    }

    /** D1: who hammers the endpoint shares flushes. */
    @Test
    void flushesThatAreAskedForTogetherShareTheirWork() throws Exception {
        long before = registry.get("stuck").stats().batches();
        add("stuck", "a");
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            HttpRequest flush = request("/stuck").POST(BodyPublishers.noBody()).build();
            asked.add(HttpClient.newHttpClient().sendAsync(flush, BodyHandlers.ofString()));
        }
        assertThat(asked).allSatisfy(answer -> assertThat(answer.join().body()).contains("TIMED_OUT"));
        app.stuck.countDown();
        registry.get("stuck").flush().join();
        assertThat(registry.get("stuck").stats().batches() - before).isEqualTo(1);
    }

    /** D6: only names that exist are spoken of. */
    @Test
    void anUnknownNameIsNotEchoed() throws Exception {
        assertThat(get("/canary").body()).isEmpty();
        assertThat(post("/canary").body()).isEmpty();
        assertThat(post("/canary/flush").body()).isEmpty();
        assertThat(post("/readings/canary").body()).doesNotContain("canary");
    }

    @Test
    void postToAnUnknownOneIs404() throws Exception {
        assertThat(post("/nothing").statusCode()).isEqualTo(404);
        assertThat(post("/nothing/flush").statusCode()).isEqualTo(404);
        assertThat(post("/nothing/explode").statusCode()).isEqualTo(404);
    }

    private void add(String batcher, String item) {
        Batcher<String> typed = registry.get(batcher, String.class);
        typed.add(item);
    }

    /** On a connection of its own: a server may close one after an error. */
    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.noBody()).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/batchers" + path));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        final List<String> stored = new CopyOnWriteArrayList<>();
        final CountDownLatch begun = new CountDownLatch(1);
        volatile CountDownLatch stuck = new CountDownLatch(1);
        volatile boolean network;

        @BatchHandler("readings")
        void store(List<String> batch) {
            stored.addAll(batch);
        }

        @BatchHandler("failing")
        void fail(List<String> batch) throws IOException {
            if (!network) {
                throw new IOException("no network for " + batch);
            }
        }

        @BatchHandler("stuck")
        void stick(List<String> batch) throws InterruptedException {
            if (batch.size() > 1) {
                begun.countDown();
            }
            stuck.await();
        }

        @BatchHandler("idle")
        void idle(List<String> batch) {}
    }
}
