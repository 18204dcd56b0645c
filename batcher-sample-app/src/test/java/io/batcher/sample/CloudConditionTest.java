/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudServer;
import io.batcher.sample.cloud.CloudStore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

class CloudConditionTest extends SampleTest {

    private static final String USUAL =
            "{\"broken\":false,\"limited\":false,\"latencyMillis\":5,\"usualLatencyMillis\":5}";

    @Autowired
    CloudServer server;

    @AfterEach
    void repair() {
        Cloud.change(http, "{\"broken\":false,\"limited\":false,\"latencyMillis\":5}");
    }

    @Test
    void whatIsNotNamedStaysAsItIs() {
        http.get().uri("/cloud/condition").exchange().expectBody().json(USUAL);
        Cloud.patch(http, "{\"broken\":true}").expectBody().json(USUAL.replace("\"broken\":false", "\"broken\":true"));
        Cloud.patch(http, "{\"latencyMillis\":7}")
                .expectBody()
                .json(USUAL.replace("\"broken\":false", "\"broken\":true")
                        .replace("\"latencyMillis\":5", "\"latencyMillis\":7"));
        Cloud.patch(http, "{\"broken\":false,\"limited\":true}")
                .expectBody()
                .json(USUAL.replace("\"limited\":false", "\"limited\":true")
                        .replace("\"latencyMillis\":5", "\"latencyMillis\":7"));
        Cloud.patch(http, "{\"limited\":false,\"latencyMillis\":5}")
                .expectBody()
                .json(USUAL);
    }

    @Test
    void aBrokenCloudRefusesEveryCallAndStoresNothing() {
        Cloud.change(http, "{\"broken\":true}");

        expectProblem(post("/cloud/temperatures", "[" + READING + "]"), 503);

        assertThat(store.count(CloudStore.GATEWAY)).isZero();
        Cloud.change(http, "{\"broken\":false}");
        post("/cloud/temperatures", "[" + READING + "]").expectStatus().isOk();
    }

    @Test
    void aSlowCloudTakesItsTime() {
        Cloud.change(http, "{\"latencyMillis\":300}");
        long start = System.nanoTime();

        post("/cloud/temperatures", "[" + READING + "]").expectStatus().isOk();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Test
    void aComparisonFeelsNothingOfIt() {
        Cloud.change(http, "{\"broken\":true,\"latencyMillis\":30000}");

        http.post().uri("/api/compare?readings=3").exchange().expectStatus().isOk();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "nonsense",
                "{\"broken\":\"true\"}",
                "{\"broken\":1}",
                "{\"broken\":null}",
                "{\"limited\":1}",
                "{\"latencyMillis\":-1}",
                "{\"latencyMillis\":30001}",
                "{\"latencyMillis\":99999999999}",
                "{\"latencyMillis\":1.5}",
                "{\"latencyMillis\":\"5\"}",
                "{\"broken\":true,\"other\":1}",
                "{\"usualLatencyMillis\":1}"
            })
    void anythingElseIsRefusedAndChangesNothing(String body) {
        expectProblem(Cloud.patch(http, body), 400);

        http.get().uri("/cloud/condition").exchange().expectBody().json(USUAL);
    }

    @Test
    void theCloudsOwnPortCannotBreakIt() {
        RestTestClient cloud =
                RestTestClient.bindToServer().baseUrl(server.url()).build();

        Cloud.patch(cloud, "{\"broken\":true}").expectStatus().isNotFound();
    }
}
