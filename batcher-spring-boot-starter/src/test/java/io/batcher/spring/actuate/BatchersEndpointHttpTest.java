/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** S6: every other call of the endpoint over a real port. */
class BatchersEndpointHttpTest extends EndpointOverHttp {

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
                        "lanes",
                        "throttled",
                        "restingForMs",
                        "store",
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
                .containsEntry("lanes", 1)
                .containsEntry("throttled", 0)
                .containsEntry("restingForMs", null)
                .containsEntry("store", "memory")
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
    void anUnknownActionIs400AndIsNotRepeated() throws Exception {
        HttpResponse<String> response = post("/readings/explode");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JsonPath.<Map<String, Object>>read(response.body(), "$"))
                .isEqualTo(Map.of("actions", List.of("flush", "pause", "resume", "redrive")));
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
}
