/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherFileStoreAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherHealthContributorAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.health.BatchersHealthIndicator;
import io.batcher.spring.metrics.BatcherMetrics;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import io.batcher.store.jdbc.JdbcStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** S11: metrics and health of a batcher with a store. */
class StoreMonitoringTest {

    @TempDir
    Path directory;

    private ApplicationContextRunner contexts() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        BatcherAutoConfiguration.class,
                        BatcherFileStoreAutoConfiguration.class,
                        BatcherHealthContributorAutoConfiguration.class,
                        BatcherMetricsAutoConfiguration.class,
                        JacksonAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withUserConfiguration(Readings.class)
                .withPropertyValues(
                        "management.health.batchers.enabled=true",
                        "batcher.store.file.directory=" + directory.resolve("store"),
                        "batcher.instances.readings.store=file",
                        "batcher.instances.readings.interval=5ms",
                        "batcher.instances.readings.shutdown-timeout=200ms");
    }

    @Test
    void callsOfTheStoreAreMeasured() {
        contexts().run(context -> {
            MeterRegistry meters = bound(context);
            Batcher<String> readings = readings(context);
            readings.add("a");
            readings.submit("b").join();
            Await.until("recorded", () -> timer(meters, "batcher.store.record") >= 1);
            assertThat(timer(meters, "batcher.store.append")).isEqualTo(2);
            assertThat(gauge(meters, "batcher.partitions.owned")).isEqualTo(1);
            assertThat(meters.get("batcher.fenced")
                            .tag("batcher", "readings")
                            .functionCounter()
                            .count())
                    .isZero();
            assertThat(gauge(meters, "batcher.dead.letters")).isZero();
        });
    }

    @Test
    void deadLettersAreCounted() {
        contexts()
                .withPropertyValues("batcher.instances.readings.retry.max-attempts=1")
                .run(context -> {
                    MeterRegistry meters = bound(context);
                    context.getBean(Readings.class).failing = true;
                    readings(context).addMany(List.of("a", "b"));
                    Await.until("counted", () -> gauge(meters, "batcher.dead.letters") == 2);
                });
    }

    @Test
    void aBatcherInMemoryHasNoMetersOfAStore() {
        contexts().withPropertyValues("batcher.instances.readings.store=memory").run(context -> {
            MeterRegistry meters = bound(context);
            assertThat(meters.find("batcher.queue.depth").gauge()).isNotNull();
            assertThat(meters.getMeters())
                    .noneMatch(meter -> meter.getId().getName().matches("batcher\\.(store|partitions|fenced|dead).*"));
        });
    }

    @Test
    void healthIsDownWhileTheStoreDoesNotAnswer() {
        BreakableStore store = new BreakableStore(JdbcStore.file(directory.resolve("store")));
        contexts().withBean(StoreLookup.FILE, ItemStore.class, () -> store).run(context -> {
            readings(context).add("a");
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            store.broken = true;
            assertThatExceptionOfType(BatcherStoreException.class)
                    .isThrownBy(() -> readings(context).add("b"));
            Await.until("down", () -> health(context).getStatus().equals(Status.DOWN));
            assertThat(details(context)).containsEntry("status", "DOWN").containsKey("storeFailure");
            assertThat(details(context).toString()).doesNotContain("the disk is full");
            store.broken = false;
            readings(context).add("c");
            Await.until("up again", () -> health(context).getStatus().equals(Status.UP));
        });
    }

    /** What a newer version has stored is not moved: this one stops, and says so. */
    @Test
    void healthIsDownWhileAPartitionIsStopped() {
        contexts()
                .withPropertyValues("batcher.instances.readings.item-name=reading-v2")
                .run(context -> {
                    context.getBean(Readings.class).failing = true;
                    readings(context).add("new");
                });
        contexts()
                .withPropertyValues("batcher.instances.readings.item-name=reading-v1")
                .run(context -> {
                    Await.until("stopped", () -> readings(context).stats().stoppedPartitions() == 1);
                    assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
                    assertThat(details(context)).containsEntry("stoppedPartitions", 1);
                    assertThat(readings(context).deadLetters().orElseThrow().count())
                            .isZero();
                });
    }

    private static MeterRegistry bound(ApplicationContext context) {
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        context.getBean(BatcherMetrics.class).bindTo(meters);
        return meters;
    }

    private static long timer(MeterRegistry meters, String name) {
        return meters.get(name).tag("batcher", "readings").timer().count();
    }

    private static double gauge(MeterRegistry meters, String name) {
        return meters.get(name).tag("batcher", "readings").gauge().value();
    }

    private static Batcher<String> readings(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("readings", String.class);
    }

    private static Health health(ApplicationContext context) {
        return context.getBean(BatchersHealthIndicator.class).health();
    }

    @SuppressWarnings("unchecked") // a detail for each batcher
    private static Map<String, Object> details(ApplicationContext context) {
        return (Map<String, Object>) health(context).getDetails().get("readings");
    }

    static class Readings {

        volatile boolean failing;

        @BatchHandler("readings")
        void handle(List<String> batch) throws IOException {
            if (failing) {
                throw new IOException("the cloud does not answer");
            }
        }
    }

    /** A store that fails when it is told to. */
    private static final class BreakableStore implements ItemStore {

        private final ItemStore store;
        private volatile boolean broken;

        BreakableStore(ItemStore store) {
            this.store = store;
        }

        @Override
        public String kind() {
            return store.kind();
        }

        @Override
        public boolean isShared() {
            return store.isShared();
        }

        @Override
        public StoreSession open(StoreContext context) {
            StoreSession session = store.open(context);
            return (StoreSession) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {StoreSession.class}, (proxy, method, arguments) -> {
                        if (broken && !method.getName().equals("close")) {
                            throw new BatcherStoreException("cannot store", new IOException("the disk is full"));
                        }
                        try {
                            return method.invoke(session, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
