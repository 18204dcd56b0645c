/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static io.batcher.spring.fixtures.Contexts.configOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.Pace;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/rate-limits.md. */
class RateLimitsPageTest extends PageTest {

    private static final String PACE = "The API allows 10 calls per second";
    private static final String RETRY_AFTER = "The API answers 429 with Retry-After";

    RateLimitsPageTest() {
        super("docs/rate-limits.md");
    }

    @Test
    void callsAreSpacedAndWhatArrivesMeanwhileIsInTheNextBatch() throws Exception {
        Batcher<Reading> readings = readings(java(PACE));
        readings.addMany(some(2_500));
        advance(Duration.ZERO);
        assertThat(cloud.calls).hasSize(1);
        advance(Duration.ofMillis(99));
        assertThat(cloud.calls).hasSize(1);
        advance(Duration.ofMillis(1));
        assertThat(cloud.calls).extracting(List::size).containsExactly(1_000, 1_000);
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(cloud.calls).extracting(List::size).containsExactly(1_000, 1_000, 501);
    }

    @Test
    void thePropertiesMeanTheSameAsTheBuilder() {
        Yaml.with(yaml(PACE), application(GatewayApplication.class))
                .run(context -> assertThat(configOf(context).pace()).contains(Pace.of(10, Duration.ofSeconds(1))));
        Yaml.with(yaml("What happens during a rest"), application(GatewayApplication.class))
                .run(context -> assertThat(configOf(context).maxRetryAfter()).isEqualTo(Duration.ofMinutes(2)));
    }

    @Test
    void inPlainJavaTheHandlerThrows() throws Exception {
        assertRests(readings(java(RETRY_AFTER, 0)));
    }

    @Test
    void inSpringABeanRecognizesTheFailure() {
        application(GatewayApplication.class, Examples.compiled(java(RETRY_AFTER, 1)))
                .run(context -> assertRests(readingsOf(context)));
    }

    private static void assertRests(Batcher<Reading> readings) {
        cloud.quotaResetsIn = Duration.ofSeconds(30);
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(readings.stats().restingFor()).isEqualTo(Duration.ofSeconds(30));
        assertThat(readings.stats().throttled()).isEqualTo(1);
        assertThat(readings.flush()).isCompletedExceptionally();

        cloud.quotaResetsIn = null;
        advance(Duration.ofMillis(29_999));
        assertThat(cloud.calls).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(cloud.calls).containsExactly(List.of(reading));
        assertThat(readings.stats().failedAttempts()).isZero();
    }
}
