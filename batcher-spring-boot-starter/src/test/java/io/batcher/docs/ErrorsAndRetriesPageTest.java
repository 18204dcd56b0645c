/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.alarm;
import static io.batcher.docs.Fixtures.cloud;
import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.RetryPolicy;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import io.batcher.spring.BatcherRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples and claims of docs/errors-and-retries.md. */
class ErrorsAndRetriesPageTest extends PageTest {

    ErrorsAndRetriesPageTest() {
        super("docs/errors-and-retries.md");
    }

    @Test
    void aFailedBatchIsReportedAndTriedAgainOneIntervalLater() throws Exception {
        Batcher<Reading> readings = readings(java("What happens when the handler throws?"));
        cloud.down = true;
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(alarm.raised).singleElement().isInstanceOf(IOException.class);

        cloud.down = false;
        advance(Duration.ofMillis(499));
        assertThat(cloud.calls).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(cloud.calls).containsExactly(List.of(reading));
    }

    @Test
    void anHourOfFailuresLosesNothing() throws Exception {
        Batcher<Reading> readings = readings(java("What happens when the handler throws?"));
        cloud.down = true;
        for (Reading next : some(60)) {
            readings.add(next);
            advance(Duration.ofMinutes(1));
        }
        assertThat(cloud.attempts).isEqualTo(7200);
        assertThat(readings.stats().depth()).isEqualTo(60);

        cloud.down = false;
        advance(Duration.ofMillis(500));
        assertThat(cloud.stored()).isEqualTo(some(60));
        assertThat(cloud.calls).hasSize(2);
        assertThat(cloud.calls.get(0)).as("the failed batch").hasSize(1);
        assertThat(readings.stats().depth()).isZero();
    }

    @Test
    void withBackoffAnIllApiIsCalledSeldom() throws Exception {
        Batcher<Reading> readings = readings(java("The handler fails for an hour"));
        cloud.down = true;
        readings.add(reading);
        advance(Duration.ofHours(1));
        assertThat(cloud.attempts).isBetween(120, 140);

        cloud.down = false;
        readings.flush();
        advance(Duration.ZERO);
        assertThat(cloud.calls).containsExactly(List.of(reading));
    }

    @Test
    void thePropertiesMeanTheSameAsTheBuilder() {
        Yaml.with(yaml("The handler fails for an hour"), application(GatewayApplication.class))
                .run(context -> {
                    RetryPolicy policy = context.getBean(BatcherRegistry.class)
                            .managed()
                            .iterator()
                            .next()
                            .config()
                            .map(BatcherConfig::retry)
                            .orElseThrow();
                    assertThat(policy.delay()).contains(Duration.ofMillis(500));
                    assertThat(policy.multiplier()).isEqualTo(2);
                    assertThat(policy.maxDelay()).isEqualTo(Duration.ofSeconds(30));
                    assertThat(policy.jitter()).isEqualTo(0.2);
                });
    }

    @Test
    void theIdKeepsALostAnswerFromStoringTwice() throws Exception {
        Batcher<Reading> readings = readings(java("Can the handler see an item twice?"));
        cloud.answerIsLost = true;
        readings.add(reading);
        advance(Duration.ofMillis(500));
        assertThat(readings.stats().failedAttempts()).isEqualTo(1);
        cloud.answerIsLost = false;
        advance(Duration.ofMillis(500));
        assertThat(readings.stats().handled()).isEqualTo(1);
        assertThat(cloud.calls).containsExactly(List.of(reading));
    }

    @Test
    void aSubmitTellsTheFateOfItsItem() throws Exception {
        Fixtures.readings =
                toTheCloud().retry(RetryPolicy.builder().maxAttempts(1).build()).build();
        Examples.run(java("Does the caller need to know?"));
        advance(Duration.ofMillis(500));
        assertThat(alarm.raised).isEmpty();

        cloud.down = true;
        Examples.run(java("Does the caller need to know?"));
        advance(Duration.ofMillis(500));
        assertThat(alarm.raised).singleElement().isInstanceOf(IOException.class);
    }
}
