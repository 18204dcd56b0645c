/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.RetryAfterException;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherHealthContributorAutoConfiguration;
import io.batcher.spring.testing.UseVirtualTime;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S8: when batchers are down. */
class BatchersHealthIndicatorTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BatcherAutoConfiguration.class, BatcherHealthContributorAutoConfiguration.class))
            .withUserConfiguration(UseVirtualTime.VirtualTimeConfiguration.class, Readings.class)
            .withPropertyValues("management.health.batchers.enabled=true");

    @Test
    void itIsOffUnlessAskedFor() {
        contexts.withPropertyValues("management.health.batchers.enabled=")
                .run(context -> assertThat(context).doesNotHaveBean(BatchersHealthIndicator.class));
        contexts.withPropertyValues("management.health.batchers.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(BatchersHealthIndicator.class));
        contexts.run(context -> assertThat(context).hasBean("batchersHealthIndicator"));
    }

    @Test
    void itIsUpWhileNothingIsWrong() {
        contexts.run(context -> {
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(health(context).getDetails())
                    .isEqualTo(Map.of(
                            "readings",
                            Map.of(
                                    "status",
                                    "UP",
                                    "state",
                                    "RUNNING",
                                    "depth",
                                    0,
                                    "oldestAgeMs",
                                    0L,
                                    "consecutiveFailures",
                                    0)));
        });
    }

    @Test
    void itIsDownWhenTheOldestItemIsTooOld() {
        contexts.withPropertyValues("batcher.health.max-age=30s", "batcher.instances.readings.auto-flush=false")
                .run(context -> {
                    context.getBean(Readings.class).batcher.add("item");
                    context.getBean(VirtualTime.class).advance(Duration.ofSeconds(30));
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(1));
                    assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
                    assertThat(details(context)).containsEntry("status", "DOWN").containsEntry("oldestAgeMs", 30_001L);
                });
    }

    @Test
    void itIsDownAfterTooManyFailuresAndUpAfterTheFirstSuccess() {
        contexts.withPropertyValues("batcher.health.max-consecutive-failures=3").run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.failing = true;
            readings.batcher.add("item-canary");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(1000));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            assertThat(details(context))
                    .containsEntry("consecutiveFailures", 3)
                    .containsEntry("lastFailure", "java.lang.IllegalStateException");
            assertThat(health(context).toString()).doesNotContain("canary");
            readings.failing = false;
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void aPauseIsADetail() {
        contexts.withPropertyValues("batcher.health.max-age=1s").run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.batcher.pause();
            readings.batcher.add("item");
            context.getBean(VirtualTime.class).advance(Duration.ofHours(1));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(details(context)).containsEntry("state", "PAUSED").containsEntry("pausedForMs", 3_600_000L);
        });
    }

    @Test
    void aRestIsADetail() {
        contexts.withPropertyValues("batcher.health.max-age=1s").run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.retryAfter = Duration.ofMinutes(2);
            readings.batcher.add("item");
            context.getBean(VirtualTime.class).advance(Duration.ofSeconds(30));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(details(context))
                    .containsEntry("status", "UP")
                    .containsEntry("restingForMs", 90_500L)
                    .containsEntry("consecutiveFailures", 0)
                    .doesNotContainKey("lastFailure");
            readings.retryAfter = null;
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(90_500).minusNanos(400_000));
            assertThat(details(context)).as("rounded up").containsEntry("restingForMs", 1L);
            context.getBean(VirtualTime.class).advance(Duration.ofMinutes(2));
            assertThat(details(context)).doesNotContainKey("restingForMs");
        });
    }

    private static Health health(AssertableApplicationContext context) {
        return context.getBean(BatchersHealthIndicator.class).health();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> details(AssertableApplicationContext context) {
        return (Map<String, Object>) health(context).getDetails().get("readings");
    }

    static class Readings {

        boolean failing;
        Duration retryAfter;

        @Autowired
        Batcher<String> batcher;

        @BatchHandler("readings")
        void handle(List<String> batch) {
            if (retryAfter != null) {
                throw new RetryAfterException(retryAfter);
            }
            if (failing) {
                throw new IllegalStateException(batch.toString());
            }
        }
    }
}
