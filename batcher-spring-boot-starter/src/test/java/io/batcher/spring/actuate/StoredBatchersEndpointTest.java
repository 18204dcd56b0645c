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
import io.batcher.spring.fixtures.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** S11: what the endpoint shows of a store, and its dead letters. */
@SpringBootTest(
        classes = StoredBatchersEndpointTest.App.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=batchers",
            "batcher.instances.readings.store=file",
            "batcher.instances.readings.interval=5ms",
            "batcher.instances.readings.max-batch-size=1",
            "batcher.instances.readings.retry.max-attempts=1",
        })
@DirtiesContext // the directory is deleted
class StoredBatchersEndpointTest {

    @TempDir
    static Path directory;

    @LocalServerPort
    int port;

    @Autowired
    BatcherRegistry registry;

    @Autowired
    App app;

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry properties) {
        properties.add("batcher.store.file.directory", () -> directory.resolve("store"));
    }

    @AfterEach
    void deliverWhatIsLeft() throws Exception {
        app.bad.clear();
        post("/readings/redrive");
        await("delivered", 0, 0);
        app.items.clear();
    }

    @Test
    void aBatcherWithAStoreTellsOfIt() throws Exception {
        await("owned", 0, 0);
        Await.until("owned", () -> readings().stats().lanes() == 1);
        Map<String, Object> json = JsonPath.read(get("/readings").body(), "$");
        assertThat(json).containsEntry("store", "file").containsEntry("capacity", 10_000_000);
        Map<String, Object> details = JsonPath.read(get("/readings").body(), "$.storeDetails");
        assertThat(details)
                .containsOnlyKeys("ownedPartitions", "stoppedPartitions", "fenced", "lastFailure")
                .containsEntry("ownedPartitions", 1)
                .containsEntry("stoppedPartitions", 0)
                .containsEntry("fenced", 0)
                .containsEntry("lastFailure", null);
        Map<String, Object> memory = JsonPath.read(get("/memory").body(), "$");
        assertThat(memory).containsEntry("store", "memory").doesNotContainKey("storeDetails");
    }

    @Test
    void deadLettersAreListedWithoutTheirContents() throws Exception {
        app.bad.add("secret-content");
        readings().add("good");
        readings().add("secret-content");
        await("given up", 0, 1);
        HttpResponse<String> response = get("/readings/dead-letters");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).doesNotContain("secret");
        Map<String, Object> json = JsonPath.read(response.body(), "$");
        assertThat(json)
                .containsOnlyKeys("name", "count", "letters")
                .containsEntry("name", "readings")
                .containsEntry("count", 1);
        List<Map<String, Object>> letters = JsonPath.read(response.body(), "$.letters");
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0))
                .containsOnlyKeys("id", "type", "attempts", "errorType", "ageMs")
                .containsEntry("type", "String")
                .containsEntry("attempts", 1)
                .containsEntry("errorType", IOException.class.getName());
        int id = (int) letters.get(0).get("id");
        assertThat(JsonPath.<List<?>>read(
                        get("/readings/dead-letters?after=" + id).body(), "$.letters"))
                .isEmpty();
    }

    @Test
    void deadLettersAreDeliveredAgain() throws Exception {
        List<String> items = IntStream.range(0, 250).mapToObj(i -> "i" + i).toList();
        app.bad.addAll(items);
        readings().addMany(items);
        await("given up", 0, 250);
        assertThat(JsonPath.<List<?>>read(get("/readings/dead-letters").body(), "$.letters"))
                .hasSize(100);
        app.bad.clear();
        HttpResponse<String> response = post("/readings/redrive");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("name", "readings", "redriven", 250, "left", 0));
        await("delivered", 0, 0);
        assertThat(app.items).containsExactlyElementsOf(items);
    }

    @Test
    void aRedriveCanAlsoBeAskedOfTheLetters() throws Exception {
        app.bad.add("a");
        readings().add("a");
        await("given up", 0, 1);
        app.bad.clear();
        HttpResponse<String> response = post("/readings/dead-letters/redrive");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JsonPath.<Integer>read(response.body(), "$.redriven")).isEqualTo(1);
        await("delivered", 0, 0);
        assertThat(app.items).containsExactly("a");
    }

    @Test
    void whatIsNotThereIs404() throws Exception {
        assertThat(get("/unknown/dead-letters").statusCode()).isEqualTo(404);
        assertThat(get("/memory/dead-letters").statusCode()).isEqualTo(404);
        assertThat(get("/readings/letters").statusCode()).isEqualTo(404);
        assertThat(post("/memory/redrive").statusCode()).isEqualTo(404);
        assertThat(post("/unknown/dead-letters/redrive").statusCode()).isEqualTo(404);
        assertThat(post("/readings/dead-letters/delete").statusCode()).isEqualTo(404);
        assertThat(get("/readings/dead-letters?after=x").statusCode()).isEqualTo(400);
    }

    private Batcher<String> readings() {
        return registry.get("readings", String.class);
    }

    private void await(String what, int depth, long letters) {
        Await.until(
                what,
                () -> readings().stats().depth() == depth
                        && readings().deadLetters().orElseThrow().count() == letters);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.noBody()).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/batchers" + path));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        final List<String> items = new CopyOnWriteArrayList<>();
        final Set<String> bad = Collections.newSetFromMap(new ConcurrentHashMap<>());

        @BatchHandler("readings")
        void handle(List<String> batch) throws IOException {
            if (batch.stream().anyMatch(bad::contains)) {
                throw new IOException("cannot send " + batch);
            }
            items.addAll(batch);
        }

        @BatchHandler("memory")
        void ignore(List<String> batch) {}
    }
}
