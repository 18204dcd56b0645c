/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batcher;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherObservationAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Batcher created by the starter: an annotated method and, unless left out, metrics and an observation per batch. */
final class StarterContender implements Contender {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Batcher<Item> batcher;
    private final boolean measured;

    StarterContender(Limits limits, Consumer<List<Item>> handler) {
        this(limits, handler, true);
    }

    static StarterContender withoutMetrics(Limits limits, Consumer<List<Item>> handler) {
        return new StarterContender(limits, handler, false);
    }

    private StarterContender(Limits limits, Consumer<List<Item>> handler, boolean measured) {
        this.measured = measured;
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "options",
                        Map.of(
                                "batcher.instances.items.overflow", "block",
                                "batcher.instances.items.max-block", "1m",
                                "batcher.instances.items.max-batch-size", limits.batchSize(),
                                "batcher.instances.items.capacity", limits.capacity(),
                                "batcher.instances.items.interval",
                                        limits.interval().toString())));
        context.registerBean(Items.class, () -> new Items(handler));
        context.register(BatcherAutoConfiguration.class);
        if (measured) {
            context.registerBean(SimpleMeterRegistry.class);
            context.register(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    BatcherMetricsAutoConfiguration.class,
                    BatcherObservationAutoConfiguration.class);
        }
        context.refresh();
        batcher = context.getBean(BatcherRegistry.class).get("items", Item.class);
    }

    Batcher<Item> batcher() {
        return batcher;
    }

    @Override
    public void add(Item item) {
        batcher.add(item);
    }

    @Override
    public void flush() {
        batcher.flush();
    }

    /** Checks that metrics and observations were on; otherwise the comparison is invalid. */
    @Override
    public void close() {
        if (!measured) {
            context.close();
            return;
        }
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        context.close();
        long batches = batcher.stats().batches();
        long measured = meters.get("batcher.batch.size").summary().count();
        long observed = meters.get("batcher.flush").timers().stream()
                .mapToLong(Timer::count)
                .sum();
        if (batches == 0 || measured != batches || observed != batches) {
            throw new IllegalStateException(
                    batches + " batches, " + measured + " of them measured, " + observed + " observed");
        }
    }

    /** The handler, as in an application. */
    static final class Items {

        private final Consumer<List<Item>> handler;

        Items(Consumer<List<Item>> handler) {
            this.handler = handler;
        }

        @BatchHandler("items")
        void handle(List<Item> batch) {
            handler.accept(batch);
        }
    }
}
