/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** S6: flushes that the endpoint is asked for over a real port, and their status. */
class BatchersEndpointFlushTest extends EndpointOverHttp {

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
    void theFlushActionFlushes() throws Exception {
        add("readings", "a");
        assertThat(post("/readings/flush").statusCode()).isEqualTo(200);
        assertThat(app.stored).containsExactly("a");
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
}
