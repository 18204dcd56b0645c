/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.json.JsonMapper;

/** The cloud breaks, readings arrive, the cloud is repaired: the steps of the page, over HTTP. */
@TestPropertySource(
        properties = {
            "batcher.instances.readings.retry.delay=20ms",
            "batcher.instances.readings.retry.max-delay=100ms",
            "batcher.instances.readings.max-block=20ms"
        })
class OutageTest extends SampleTest {

    private static final int PER_CALL = 500;

    @Autowired
    JsonMapper json;

    @AfterEach
    void repair() {
        Cloud.change(http, "{\"broken\":false}");
    }

    @Test
    void tenThousandReadingsDuringAnOutageAreStoredOnceAndInOrderAfterIt() throws Exception {
        List<Reading> sent = someReadings("s1", 10_000);
        long failedBefore = readings.stats().failedAttempts();
        Cloud.change(http, "{\"broken\":true}");

        for (int from = 0; from < sent.size(); from += PER_CALL) {
            send(sent, from).expectStatus().isAccepted();
        }

        Await.until(() -> readings.stats().failedAttempts() >= failedBefore + 3);
        assertThat(readings.stats().depth()).isEqualTo(10_000);
        assertThat(store.count(CloudStore.GATEWAY)).isZero();

        Cloud.change(http, "{\"broken\":false}");

        Await.until(() -> readings.stats().depth() == 0);
        assertThat(stored()).isEqualTo(sent);
        assertThat(readings.stats().consecutiveFailures()).isZero();
    }

    @Test
    void aFullGatewayMakesTheSensorsWaitAndStillNothingIsLost() throws Exception {
        int capacity = readings.stats().capacity();
        List<Reading> sent = someReadings("s1", capacity + 1_000);
        Cloud.change(http, "{\"broken\":true}");
        for (int from = 0; from < capacity; from += PER_CALL) {
            send(sent, from).expectStatus().isAccepted();
        }

        expectProblem(send(sent, capacity), 429);
        assertThat(readings.stats().depth()).isEqualTo(capacity);

        Cloud.change(http, "{\"broken\":false}");
        for (int from = capacity; from < sent.size(); from += PER_CALL) {
            sendUntilAccepted(sent, from);
        }
        Await.until(() -> readings.stats().depth() == 0);
        assertThat(stored()).isEqualTo(sent);
    }

    private void sendUntilAccepted(List<Reading> sent, int from) {
        Await.until(() -> send(sent, from).returnResult().getStatus().value() == 202);
    }

    private RestTestClient.ResponseSpec send(List<Reading> all, int from) {
        return post("/api/readings", json.writeValueAsString(all.subList(from, from + PER_CALL)));
    }
}
