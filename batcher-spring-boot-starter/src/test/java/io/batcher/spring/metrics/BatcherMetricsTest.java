/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.RetryAfterException;
import io.batcher.testing.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** S7: the meters of each batcher. */
class BatcherMetricsTest {

    private final ApplicationContextRunner contexts = Readings.contexts();

    @Test
    void theQueueIsMeasured() {
        contexts.withPropertyValues("batcher.instances.readings.capacity=5").run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(Readings.class).batcher.addMany(List.of("a", "b"));
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(300));
            assertThat(meters.get("batcher.queue.depth")
                            .tag("batcher", "readings")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            assertThat(meters.get("batcher.queue.capacity")
                            .tag("batcher", "readings")
                            .gauge()
                            .value())
                    .isEqualTo(5);
            assertThat(meters.get("batcher.queue.oldest.age")
                            .tag("batcher", "readings")
                            .timeGauge()
                            .value(TimeUnit.MILLISECONDS))
                    .isEqualTo(300);
        });
    }

    @Test
    void itemsAreCountedByTheirOutcome() {
        contexts.withPropertyValues(
                        "batcher.instances.readings.capacity=3", "batcher.instances.readings.retry.max-attempts=1")
                .run(context -> {
                    Readings readings = context.getBean(Readings.class);
                    readings.batcher.addMany(List.of("a", "b", "c"));
                    assertThat(readings.batcher.offer("rejected")).isFalse();
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    readings.failure = new IllegalStateException();
                    readings.batcher.add("dead");
                    context.getBean(VirtualTime.class).advance(Duration.ofMillis(500));
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(meters.get("batcher.items.accepted")
                                    .tag("batcher", "readings")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(4);
                    assertThat(count(meters, "handled")).isEqualTo(3);
                    assertThat(count(meters, "rejected")).isEqualTo(1);
                    assertThat(count(meters, "dropped")).isZero();
                    assertThat(count(meters, "dead_lettered")).isEqualTo(1);
                    assertThat(count(meters, "handed_back")).isZero();
                });
    }

    @Test
    void restsAreCountedAndMeasured() {
        contexts.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            Readings readings = context.getBean(Readings.class);
            readings.failure = new RetryAfterException(Duration.ofSeconds(30));
            readings.batcher.add("a");
            context.getBean(VirtualTime.class).advance(Duration.ofMillis(10_500));
            assertThat(meters.get("batcher.throttled")
                            .tag("batcher", "readings")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("batcher.resting")
                            .tag("batcher", "readings")
                            .timeGauge()
                            .value(TimeUnit.SECONDS))
                    .isEqualTo(20);
            readings.failure = null;
            context.getBean(VirtualTime.class).advance(Duration.ofSeconds(20));
            assertThat(meters.get("batcher.resting").timeGauge().value(TimeUnit.SECONDS))
                    .isZero();
        });
    }

    @Test
    void batchesAreMeasuredBySize() {
        contexts.run(context -> {
            Readings.deliver(context, "a", "b", "c");
            Readings.deliver(context, "d");
            var sizes = context.getBean(MeterRegistry.class)
                    .get("batcher.batch.size")
                    .tag("batcher", "readings")
                    .summary();
            assertThat(sizes.count()).isEqualTo(2);
            assertThat(sizes.totalAmount()).isEqualTo(4);
            assertThat(sizes.max()).isEqualTo(3);
        });
    }

    @Test
    void flushesAreTimed() {
        contexts.run(context -> {
            Readings.deliver(context, "a");
            Readings readings = context.getBean(Readings.class);
            readings.failure = new java.io.IOException("canary");
            readings.batcher.add("b");
            readings.batcher.flush();
            context.getBean(VirtualTime.class).runReady();
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.get("batcher.flush")
                            .tags("batcher", "readings", "reason", "interval", "outcome", "success", "error", "none")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("batcher.flush")
                            .tags(
                                    "batcher",
                                    "readings",
                                    "reason",
                                    "manual",
                                    "outcome",
                                    "failed",
                                    "error",
                                    "IOException")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void prometheusNamesSayNothingTwice() {
        contexts.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                .run(context -> {
                    Readings.deliver(context, "a");
                    String scrape =
                            context.getBean(PrometheusMeterRegistry.class).scrape();
                    assertThat(scrape.lines()
                                    .filter(line -> line.startsWith("# TYPE batcher_"))
                                    .map(line -> line.substring("# TYPE ".length())))
                            .containsExactlyInAnyOrder(
                                    "batcher_batch_size summary",
                                    "batcher_batch_size_max gauge",
                                    "batcher_flush_seconds summary",
                                    "batcher_flush_seconds_max gauge",
                                    "batcher_flush_active_seconds summary",
                                    "batcher_flush_active_seconds_max gauge",
                                    "batcher_items_accepted_total counter",
                                    "batcher_items_total counter",
                                    "batcher_lanes gauge",
                                    "batcher_queue_capacity gauge",
                                    "batcher_queue_depth gauge",
                                    "batcher_queue_oldest_age_seconds gauge",
                                    "batcher_resting_seconds gauge",
                                    "batcher_throttled_total counter");
                    assertThat(scrape).contains("batcher_items_total{batcher=\"readings\",outcome=\"handled\"} 1.0");
                });
    }

    @Test
    void theTagKeysAreFixedAndNoTagHoldsContent() {
        contexts.run(context -> {
            Readings readings = context.getBean(Readings.class);
            readings.failure = new IllegalStateException("item-canary");
            Readings.deliver(context, "item-canary");
            Set<String> tags = new TreeSet<>();
            for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
                if (meter.getId().getName().startsWith("batcher.")) {
                    tags.add(meter.getId().getName()
                            + meter.getId().getTags().stream().map(Tag::getKey).toList());
                    assertThat(meter.getId().toString()).doesNotContain("canary");
                }
            }
            assertThat(tags)
                    .containsExactly(
                            "batcher.batch.size[batcher]",
                            "batcher.flush.active[batcher, outcome, reason]",
                            "batcher.flush[batcher, error, outcome, reason]",
                            "batcher.items.accepted[batcher]",
                            "batcher.items[batcher, outcome]",
                            "batcher.lanes[batcher]",
                            "batcher.queue.capacity[batcher]",
                            "batcher.queue.depth[batcher]",
                            "batcher.queue.oldest.age[batcher]",
                            "batcher.resting[batcher]",
                            "batcher.throttled[batcher]");
        });
    }

    @Test
    void withoutMicrometerBatchersWork() {
        contexts.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .withConfiguration(AutoConfigurations.of())
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean("batcherMetrics")
                            .doesNotHaveBean("batchObservations");
                    Readings.deliver(context, "a");
                    assertThat(context.getBean(Readings.class).items).containsExactly("a");
                });
    }

    private static double count(MeterRegistry meters, String outcome) {
        return meters.get("batcher.items")
                .tags("batcher", "readings", "outcome", outcome)
                .functionCounter()
                .count();
    }
}
