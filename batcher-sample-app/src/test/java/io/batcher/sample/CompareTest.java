/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.sample.cloud.CloudStore;
import io.batcher.sample.compare.Comparison;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

class CompareTest extends SampleTest {

    @Autowired
    Comparison comparison;

    @Autowired
    SampleProperties sample;

    @Test
    void countsTheCallsAndMeasuresTheTimeOfBothWays() {
        Comparison.Result result = compare("?readings=40");

        assertThat(result.readings()).isEqualTo(40);
        assertThat(result.oneByOne().calls()).isEqualTo(40);
        assertThat(result.oneByOne().millis())
                .isGreaterThanOrEqualTo(40 * sample.cloud().latency().toMillis());
        assertThat(result.batched().calls()).isEqualTo(1);
        assertThat(result.batched().millis()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void comparesAHundredUnlessToldOtherwise() {
        assertThat(compare("").readings()).isEqualTo(100);
    }

    @Test
    void leavesNoTraceAmongTheReadingsOfUsers() throws Exception {
        readings.addMany(someReadings("s1", 3));
        long acceptedBefore = readings.stats().accepted();

        compare("?readings=2");

        flush();
        assertThat(stored()).isEqualTo(someReadings("s1", 3));
        assertThat(readings.stats().accepted()).isEqualTo(acceptedBefore);
        assertThat(store.count("compare-one-by-one") + store.count("compare-batched"))
                .isZero();
    }

    @Test
    void worksWhileTheReadingsArePaused() {
        readings.pause();
        try {
            assertThat(compare("?readings=1").batched().calls()).isEqualTo(1);
        } finally {
            readings.resume();
        }
    }

    @Test
    void oneComparisonRunsAtATime() {
        var other = CompletableFuture.supplyAsync(() -> compare("?readings=10"));

        assertThat(compare("?readings=20").oneByOne().calls()).isEqualTo(20);

        assertThat(other.join().oneByOne().calls()).isEqualTo(10);
    }

    @Test
    void aShutdownEndsAComparison() {
        comparison.stop();
        try {
            expectProblem(http.post().uri("/api/compare?readings=1000").exchange(), 503);
        } finally {
            comparison.start();
        }
        assertThat(store.calls(CloudStore.GATEWAY)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "99999999999", "ten", "1.5"})
    void anotherNumberOfReadingsIsRefused(String readings) {
        expectProblem(http.post().uri("/api/compare?readings=" + readings).exchange(), 400);
    }

    private Comparison.Result compare(String query) {
        var answer = http.post().uri("/api/compare" + query).exchange();
        answer.expectStatus().isOk();
        return answer.expectBody(Comparison.Result.class).returnResult().getResponseBody();
    }
}
