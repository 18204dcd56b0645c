/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudServer;
import io.batcher.sample.cloud.CloudStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

class CloudApiTest extends SampleTest {

    @Autowired
    CloudServer server;

    @Autowired
    SampleProperties sample;

    @Test
    void storesAnArrayAndTakesItsTime() {
        long start = System.nanoTime();

        post("/cloud/temperatures", "[" + READING + "," + READING + "]")
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"stored\":2}");

        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(sample.cloud().latency().toNanos());
        assertThat(store.count(CloudStore.GATEWAY)).isEqualTo(2);
        assertThat(store.calls(CloudStore.GATEWAY)).isEqualTo(1);
    }

    @Test
    void answersOnItsOwnPortToo() {
        RestTestClient cloud =
                RestTestClient.bindToServer().baseUrl(server.url()).build();

        cloud.post()
                .uri("/cloud/temperatures")
                .contentType(MediaType.APPLICATION_JSON)
                .body("[" + READING + "]")
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(store.count(CloudStore.GATEWAY)).isEqualTo(1);

        expectProblem(
                cloud.post()
                        .uri("/cloud/temperatures")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("[null]")
                        .exchange(),
                400);
        cloud.get().uri("/actuator").exchange().expectStatus().isNotFound();
    }

    @Test
    void aRepeatedCallIsCountedButStoresNothing() {
        for (int stored : new int[] {1, 0}) {
            http.post()
                    .uri("/cloud/temperatures")
                    .contentType(MediaType.APPLICATION_JSON)
                    .header("Idempotency-Key", "key-1")
                    .body("[" + READING + "]")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .json("{\"stored\":" + stored + "}");
        }

        assertThat(store.count(CloudStore.GATEWAY)).isEqualTo(1);
        assertThat(store.calls(CloudStore.GATEWAY)).isEqualTo(2);
    }

    @Test
    void anAccountSeesOnlyItsOwn() {
        post("/cloud/temperatures?account=another", "[" + READING + "]")
                .expectStatus()
                .isOk();

        assertThat(store.count("another")).isEqualTo(1);
        assertThat(store.count(CloudStore.GATEWAY)).isZero();
        store.forget("another");
        assertThat(store.count("another") + store.calls("another")).isZero();
    }

    @Test
    void oneReadingIsNoArray() {
        expectProblem(post("/cloud/temperatures", READING), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPPER", "a%20b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void aBadAccountIsRefused(String account) {
        expectProblem(post("/cloud/temperatures?account=" + account, "[" + READING + "]"), 400);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 201})
    void aBadKeyIsRefused(int length) {
        var response = http.post()
                .uri("/cloud/temperatures")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Idempotency-Key", "k".repeat(length))
                .body("[" + READING + "]")
                .exchange();

        expectProblem(response, 400);
    }
}
