/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

class ReadingsApiTest extends SampleTest {

    @Autowired
    JsonMapper json;

    @Test
    void aReadingIsAcceptedAndArrivesByItself() {
        post("/api/readings", READING).expectStatus().isAccepted().expectBody().json("{\"accepted\":1}");

        Await.until(() -> store.count(CloudStore.GATEWAY) == 1);
        http.get()
                .uri("/api/readings")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("[" + READING + "]");
    }

    @Test
    void anArrayArrivesInOrderAndInOneCall() throws Exception {
        List<Reading> sent = someReadings("s1", 300);

        post("/api/readings", json.writeValueAsString(sent))
                .expectStatus()
                .isAccepted()
                .expectBody()
                .json("{\"accepted\":300}");

        flush();
        assertThat(stored()).isEqualTo(sent);
        assertThat(store.calls(CloudStore.GATEWAY)).isEqualTo(1);
    }

    @Test
    void anEmptyArrayAddsNothing() throws Exception {
        post("/api/readings", "[]").expectStatus().isAccepted().expectBody().json("{\"accepted\":0}");

        flush();
        assertThat(store.calls(CloudStore.GATEWAY)).isZero();
    }

    @Test
    void arraysOfManyClientsAreNeitherMixedNorLost() throws Exception {
        List<List<Reading>> sent = IntStream.range(0, 40)
                .mapToObj(i -> someReadings("sensor-" + i, 25))
                .toList();
        var clients = Executors.newFixedThreadPool(8);
        try {
            Stream<Callable<Object>> posts = sent.stream()
                    .map(array -> () -> post("/api/readings", json.writeValueAsString(array))
                            .expectStatus()
                            .isAccepted());
            for (var answer : clients.invokeAll(posts.toList())) {
                answer.get();
            }
        } finally {
            clients.shutdownNow();
        }

        flush();
        List<Reading> stored = stored();
        assertThat(stored).hasSize(1_000);
        for (int from = 0; from < stored.size(); from += 25) {
            assertThat(sent).contains(stored.subList(from, from + 25));
        }
        assertThat(stored).doesNotHaveDuplicates();
    }

    @Test
    void otherZonesMeanTheSameInstant() throws Exception {
        post("/api/readings", READING.replace("2010-01-01T01:00:00Z", "2010-01-01T02:30:00.000000001+01:30"))
                .expectStatus()
                .isAccepted();

        flush();
        assertThat(stored()).extracting(Reading::at).containsExactly(Instant.parse("2010-01-01T01:00:00.000000001Z"));
    }

    @Test
    void storedReadingsAreReadInPages() throws Exception {
        readings.addMany(someReadings("s1", 25));
        flush();

        http.get().uri("/api/readings/count").exchange().expectBody().json("{\"count\":25}");
        http.get()
                .uri("/api/readings?offset=10&limit=3")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json(json.writeValueAsString(someReadings("s1", 25).subList(10, 13)));
        http.get().uri("/api/readings?offset=25").exchange().expectBody().json("[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"offset=-1", "offset=x", "offset=3000000000", "limit=0", "limit=-5", "limit=10001", "limit=1.5"})
    void aPageOutOfBoundsIsRefused(String query) {
        expectProblem(http.get().uri("/api/readings?" + query).exchange(), 400);
    }

    @Test
    void aFullBufferAnswersTryLaterAndTakesNoPart() throws Exception {
        readings.pause();
        try {
            int capacity = readings.stats().capacity();
            readings.addMany(someReadings("s1", capacity - 1));

            var refused = post("/api/readings", json.writeValueAsString(someReadings("s2", 2)));

            refused.expectHeader().valueEquals("Retry-After", "1");
            expectProblem(refused, 429);
            assertThat(readings.stats().depth()).isEqualTo(capacity - 1);
        } finally {
            readings.resume();
        }
        flush();
        assertThat(stored()).extracting(Reading::sensor).containsOnly("s1");
    }

    @Test
    void anArrayThatCanNeverFitIsRefusedForGood() throws Exception {
        var tooMany = someReadings("s1", readings.stats().capacity() + 1);

        expectProblem(post("/api/readings", json.writeValueAsString(tooMany)), 413);

        assertThat(readings.stats().depth()).isZero();
    }
}
