/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ActuatorTest extends SampleTest {

    @Test
    void showsWhatWaitsAndFlushesIt() {
        readings.stopAutoFlush();
        try {
            readings.addMany(someReadings("s1", 3));
            http.get()
                    .uri("/actuator/batchers")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.batchers.readings.depth")
                    .isEqualTo(3)
                    .jsonPath("$.batchers.readings.maxBatchSize")
                    .isEqualTo(500)
                    .jsonPath("$.batchers.readings.capacity")
                    .isEqualTo(15_000)
                    .jsonPath("$.batchers.readings.intervalMs")
                    .isEqualTo(500);

            http.post()
                    .uri("/actuator/batchers/readings")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .json("{\"name\":\"readings\",\"outcome\":\"SUCCESS\",\"depth\":0}");
        } finally {
            readings.startAutoFlush();
        }
        assertThat(stored()).isEqualTo(someReadings("s1", 3));
    }

    @Test
    void exposesHealthInfoAndMetrics() throws Exception {
        readings.addMany(someReadings("s1", 3));
        flush();

        http.get()
                .uri("/actuator/health")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.components.batchers.status")
                .isEqualTo("UP");
        http.get().uri("/actuator/info").exchange().expectStatus().isOk();
        http.get()
                .uri("/actuator/metrics/batcher.queue.depth?tag=batcher:readings")
                .exchange()
                .expectStatus()
                .isOk();
        String scraped = http.get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(scraped).containsPattern("batcher_queue_depth\\w*\\{batcher=\"readings\"");
    }

    @Test
    void exposesNothingElse() {
        http.get().uri("/actuator/env").exchange().expectStatus().isNotFound();
    }
}
