/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudServer;
import io.batcher.sample.cloud.CloudStore;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;

/** Invalid input of any kind: the response is problem details, and no reading is accepted. */
class MalformedInputTest extends SampleTest {

    @LocalServerPort
    int port;

    @Autowired
    CloudServer cloud;

    private long acceptedBefore;

    @BeforeEach
    void countBefore() {
        acceptedBefore = readings.stats().accepted();
    }

    @AfterEach
    void nothingWasTaken() throws Exception {
        assertThat(readings.stats().accepted()).isEqualTo(acceptedBefore);
        flush();
        assertThat(store.count(CloudStore.GATEWAY)).isZero();
    }

    static Stream<String> noReadings() {
        return Stream.of(
                reading("'temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':null,'temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'','temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'  ','temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':7,'temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':['s1'],'temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'a\\nb','temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'" + "s".repeat(101) + "','temperature':21.5,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':null,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':'21.5','at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':'NaN','at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':NaN,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':true,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':-273.16,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':10000.1,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':1e999,'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':" + "9".repeat(900) + ",'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':" + "9".repeat(9_000) + ",'at':'2010-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':21.5"),
                reading("'sensor':'s1','temperature':21.5,'at':null"),
                reading("'sensor':'s1','temperature':21.5,'at':1262307600"),
                reading("'sensor':'s1','temperature':21.5,'at':'yesterday'"),
                reading("'sensor':'s1','temperature':21.5,'at':'2010-02-30T01:00:00Z'"),
                reading("'sensor':'s1','temperature':21.5,'at':'2010-01-01T01:00:00'"),
                reading("'sensor':'s1','temperature':21.5,'at':'+12345-01-01T01:00:00Z'"),
                reading("'sensor':'s1','temperature':21.5,'at':'-0001-01-01T01:00:00Z'"),
                "null",
                "7",
                "\"s1\"",
                "[[]]");
    }

    @ParameterizedTest
    @MethodSource("noReadings")
    void whatIsNoReadingIsRefused(String body) {
        expectProblem(post("/api/readings", body), 400);
        expectProblem(post("/cloud/temperatures", body), 400);
    }

    @ParameterizedTest
    @MethodSource("noReadings")
    void oneBadElementRefusesTheWholeArray(String element) {
        String body = "[" + READING + "," + element + "]";

        expectProblem(post("/api/readings", body), 400);
        expectProblem(post("/cloud/temperatures", body), 400);
    }

    @Test
    void theBadElementIsNamed() {
        post("/api/readings", "[" + READING + "," + READING + ",null]")
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("reading[2] must be an object, but is null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "{\"sensor\":", "<reading/>", READING + " and more"})
    void whatIsNoJsonIsRefused(String body) {
        expectProblem(post("/api/readings", body), 400);
        expectProblem(post("/cloud/temperatures", body), 400);
    }

    @Test
    void aBodyThatWouldFillTheMemoryIsRefused() {
        expectProblem(post("/api/readings", "[".repeat(100_000)), 400);
    }

    @ParameterizedTest
    @CsvSource({"5, true", "5, false", "40, true", "40, false"})
    void aBodyAboveTheLimitIsTooLarge(int megabytes, boolean chunked) throws Exception {
        byte[] body = ("[" + " ".repeat(megabytes << 20) + READING + "]").getBytes(StandardCharsets.UTF_8);
        for (String uri : List.of(gateway("/api/readings"), gateway("/cloud/temperatures"))) {
            HttpResponse<String> response = send(uri, body, chunked);
            assertThat(response.statusCode()).as(uri).isEqualTo(413);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(response.body()).contains("a body may have at most 4194304 bytes");
        }
    }

    @Test
    void theCloudOnItsOwnPortHasTheSameLimit() throws Exception {
        byte[] body = ("[" + " ".repeat(5 << 20) + READING + "]").getBytes(StandardCharsets.UTF_8);
        assertThat(send(cloud.url() + "/cloud/temperatures", body, true).statusCode())
                .isEqualTo(413);
    }

    @Test
    void aBodyOfTheLimitIsRead() throws Exception {
        byte[] body = ("[" + " ".repeat((4 << 20) - 3) + "7]").getBytes(StandardCharsets.UTF_8);
        assertThat(body).hasSize(4 << 20);
        assertThat(send(gateway("/api/readings"), body, true).body()).contains("reading[0] must be an object");
    }

    private String gateway(String path) {
        return "http://localhost:" + port + path;
    }

    private static HttpResponse<String> send(String uri, byte[] body, boolean chunked) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .POST(
                        chunked
                                ? HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded"})
    void anotherMediaTypeIsRefused(String mediaType) {
        for (String uri : List.of("/api/readings", "/cloud/temperatures")) {
            var response = http.post()
                    .uri(uri)
                    .header("Content-Type", mediaType)
                    .body(READING.getBytes(StandardCharsets.UTF_8))
                    .exchange();
            expectProblem(response, 415);
        }
    }

    @Test
    void anotherMethodOrPathIsRefused() {
        expectProblem(http.delete().uri("/api/readings").exchange(), 405);
        expectProblem(http.get().uri("/api/nothing").exchange(), 404);
        expectProblem(
                http.get()
                        .uri("/api/readings")
                        .accept(MediaType.APPLICATION_PDF)
                        .exchange(),
                406);
    }

    private static String reading(String members) {
        return "{" + members.replace('\'', '"') + "}";
    }
}
