/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.Batcher;
import io.batcher.sample.cloud.CloudStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** A gateway on a free port with real HTTP and an empty store. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
abstract class SampleTest {

    static final String READING = "{\"sensor\":\"s1\",\"temperature\":21.5,\"at\":\"2010-01-01T01:00:00Z\"}";

    @Autowired
    RestTestClient http;

    @Autowired
    Batcher<Reading> readings;

    @Autowired
    CloudStore store;

    @BeforeEach
    void forgetWhatOtherTestsStored() throws Exception {
        flush();
        store.forget(CloudStore.GATEWAY);
    }

    void flush() throws Exception {
        readings.flush().get(1, TimeUnit.MINUTES);
    }

    RestTestClient.ResponseSpec post(String uri, String json) {
        return http.post()
                .uri(uri)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .exchange();
    }

    List<Reading> stored() {
        return store.readings(CloudStore.GATEWAY, 0, Integer.MAX_VALUE);
    }

    static List<Reading> someReadings(String sensor, int count) {
        Instant start = Instant.parse("2010-01-01T00:00:00Z");
        return IntStream.range(0, count)
                .mapToObj(i -> new Reading(sensor, i % 40, start.plusSeconds(i)))
                .toList();
    }

    static void expectProblem(RestTestClient.ResponseSpec response, int status) {
        response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.detail")
                .isNotEmpty();
    }
}
