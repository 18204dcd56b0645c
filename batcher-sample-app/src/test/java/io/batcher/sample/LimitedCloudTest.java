/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherStats;
import io.batcher.sample.cloud.CloudStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

/** The cloud limits its rate: it refuses calls with 429 and {@code Retry-After}, and the batcher rests. */
@Timeout(120)
class LimitedCloudTest extends SampleTest {

    private static final int CALLS_IN_WINDOW = 5;
    private static final int PER_CALL = 500;

    @Value("${local.server.port}")
    int port;

    @AfterEach
    void liftTheLimit() {
        Cloud.change(http, "{\"limited\":false}");
        Await.until(() -> readings.stats().restingFor().isZero());
    }

    @Test
    void aCallAboveTheLimitIsRefusedWithTheTimeToWaitAndStoresNothing() {
        limit();
        while (call().returnResult().getStatus().is2xxSuccessful()) {
            // The window may contain calls of another test.
        }
        long stored = store.count(CloudStore.GATEWAY);

        var refused = call();

        expectProblem(refused, 429);
        refused.expectHeader()
                .value(HttpHeaders.RETRY_AFTER, seconds -> assertThat(seconds).matches("[1-3]"));
        assertThat(store.count(CloudStore.GATEWAY)).isEqualTo(stored);
    }

    @Test
    void otherAccountsHaveNoLimit() {
        limit();

        http.post().uri("/api/compare?readings=10").exchange().expectStatus().isOk();
    }

    @Test
    void noReadingIsLostAndNoAttemptFails() throws Exception {
        List<Reading> sent = someReadings("s1", PER_CALL * (CALLS_IN_WINDOW + 2));
        BatcherStats before = readings.stats();
        limit();

        readings.addMany(sent);

        Await.until(() -> readings.stats().depth() == 0);
        BatcherStats after = readings.stats();
        assertThat(stored()).isEqualTo(sent);
        assertThat(after.throttled()).isGreaterThan(before.throttled());
        assertThat(after.failedAttempts()).isEqualTo(before.failedAttempts());
        assertThat(after.consecutiveFailures()).isZero();
        assertThat(after.deadLettered()).isZero();
        assertThat(store.calls(CloudStore.GATEWAY)).as("successful calls").isEqualTo(CALLS_IN_WINDOW + 2);
    }

    @Test
    void thePageShowsTheLimitAndTheRest() throws Exception {
        try (var page = EventStream.open(port)) {
            JsonNode usual = page.next().orElseThrow();
            assertThat(usual.at("/cloud/limited").booleanValue()).isFalse();
            assertThat(usual.at("/batcher/restingForMs").isNull()).isTrue();
            limit();

            readings.addMany(someReadings("s1", PER_CALL * (CALLS_IN_WINDOW + 1)));

            JsonNode resting =
                    page.await(snapshot -> snapshot.at("/batcher/restingForMs").isNumber());
            assertThat(resting.at("/cloud/limited").booleanValue()).isTrue();
            assertThat(resting.at("/batcher/restingForMs").longValue()).isBetween(0L, 3_000L);
            assertThat(resting.at("/batcher/throttled").longValue())
                    .isGreaterThan(usual.at("/batcher/throttled").longValue());
            assertThat(resting.at("/batcher/failedAttempts")).isEqualTo(usual.at("/batcher/failedAttempts"));
            assertThat(page.received()).contains("\"outcome\":\"THROTTLED\"").doesNotContain("\"outcome\":\"FAILED\"");
            page.await(snapshot -> snapshot.at("/batcher/restingForMs").isNull()
                    && snapshot.at("/batcher/depth").intValue() == 0);
        }
    }

    private void limit() {
        Cloud.change(http, "{\"limited\":true}");
    }

    private RestTestClient.ResponseSpec call() {
        return post("/cloud/temperatures", "[" + READING + "]");
    }
}
