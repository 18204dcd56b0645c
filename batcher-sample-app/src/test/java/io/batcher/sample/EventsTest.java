/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** The events of the page. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "batcher.instances.readings.retry.delay=20ms")
@Timeout(120)
class EventsTest extends SampleTest {

    private static final String CANARY = "canary-4711";
    private static final int MOST_PAGES = 50;

    @Value("${local.server.port}")
    int port;

    @AfterEach
    void repair() {
        Cloud.change(http, "{\"broken\":false}");
        readings.resume();
    }

    @Test
    void aSnapshotHasTheCountsAndNeverAReading() throws Exception {
        try (var page = EventStream.open(port)) {
            assertThat(page.response().headers().firstValue("Content-Type")).hasValue("text/event-stream");
            JsonNode before = page.next().orElseThrow();

            readings.addMany(someReadings(CANARY, 300));
            JsonNode after = page.await(snapshot -> grown(before, snapshot, "/batcher/handled") == 300);

            assertThat(grown(before, after, "/batcher/accepted")).isEqualTo(300);
            assertThat(grown(before, after, "/stored")).isEqualTo(300);
            assertThat(after.at("/batcher/depth").intValue()).isZero();
            assertThat(after.at("/batcher/capacity").intValue()).isEqualTo(15_000);
            assertThat(after.at("/batcher/state").stringValue()).isEqualTo("RUNNING");
            assertThat(after.at("/current/attempt").intValue()).isZero();
            assertThat(after.at("/cloud/broken").booleanValue()).isFalse();
            assertThat(after.at("/builtInCloud").booleanValue()).isTrue();
            assertThat(Instant.ofEpochMilli(after.at("/at").longValue()))
                    .isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
            assertThat(page.received()).doesNotContain(CANARY).doesNotContain("temperature");
        }
    }

    @Test
    void eachFlushIsToldOnce() throws Exception {
        List<JsonNode> flushes = new ArrayList<>();
        try (var page = EventStream.open(port)) {
            page.next();
            readings.addMany(someReadings("s1", 700));

            while (flushes.stream()
                            .mapToInt(flush -> flush.at("/size").intValue())
                            .sum()
                    < 700) {
                page.next().orElseThrow().at("/flushes").forEach(flushes::add);
            }
        }
        assertThat(flushes).extracting(flush -> flush.at("/size").intValue()).containsExactly(500, 200);
        assertThat(flushes)
                .allMatch(flush -> flush.at("/outcome").stringValue().equals("HANDLED")
                        && flush.at("/attempt").intValue() == 1
                        && flush.at("/tookMillis").longValue() >= 5);
    }

    @Test
    void anOutageShowsAsAttemptsAndATimeToWait() throws Exception {
        try (var page = EventStream.open(port)) {
            JsonNode before = page.next().orElseThrow();
            Cloud.change(http, "{\"broken\":true}");
            readings.addMany(someReadings("s1", 3));

            page.await(snapshot -> snapshot.at("/current/attempt").intValue() >= 5
                    && snapshot.at("/current/retryInMillis").isNumber()
                    && snapshot.at("/cloud/broken").booleanValue()
                    && snapshot.at("/batcher/depth").intValue() == 3
                    && grown(before, snapshot, "/batcher/failedAttempts") >= 4);

            Cloud.change(http, "{\"broken\":false}");
            page.await(snapshot ->
                    snapshot.at("/current/attempt").intValue() == 0 && grown(before, snapshot, "/stored") == 3);
        }
    }

    @Test
    void aPageThatGoesAwayIsForgottenAndTheOthersStay() throws Exception {
        try (var staying = EventStream.open(port)) {
            var leaving = EventStream.open(port);
            assertThat(leaving.next().orElseThrow().at("/instance"))
                    .isEqualTo(staying.next().orElseThrow().at("/instance"));

            leaving.close();

            for (int i = 0; i < 8; i++) {
                assertThat(staying.next()).isPresent();
            }
        }
        // No page is open: no thread is left.
        Await.until(() -> pageThreads().isEmpty());
    }

    @Test
    void thereIsABoundOnOpenPages(CapturedOutput output) throws Exception {
        List<EventStream> pages = new ArrayList<>();
        try {
            Await.until(() -> pageThreads().isEmpty());
            for (int i = 0; i < MOST_PAGES; i++) {
                pages.add(EventStream.open(port));
            }
            assertThat(pages).allMatch(page -> page.response().statusCode() == 200);

            try (var oneMore = EventStream.open(port)) {
                assertThat(oneMore.response().statusCode()).isEqualTo(503);
                assertThat(oneMore.response().headers().firstValue("Content-Type"))
                        .hasValue("application/problem+json");
            }
        } finally {
            for (EventStream page : pages) {
                page.close();
            }
        }
        Await.until(() -> pageThreads().isEmpty());
        assertThat(output).doesNotContain("ERROR").doesNotContain("Exception");
    }

    @Test
    void anOpenPageDoesNotHoldUpTheShutdown() throws Exception {
        var gateway = SpringApplication.run(SampleApplication.class, "--server.port=0");
        int itsPort = Integer.parseInt(gateway.getEnvironment().getRequiredProperty("local.server.port"));
        try (var page = EventStream.open(itsPort);
                var other = EventStream.open(itsPort)) {
            page.next();
            long start = System.nanoTime();

            gateway.close();

            // The shutdown would wait 30 s for a request in flight.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            while (page.next().isPresent() || other.next().isPresent()) {
                // Events that were sent before the end.
            }
        }
    }

    private static long grown(JsonNode before, JsonNode after, String count) {
        return after.at(count).longValue() - before.at(count).longValue();
    }

    private static List<String> pageThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("page-"))
                .collect(Collectors.toList());
    }
}
