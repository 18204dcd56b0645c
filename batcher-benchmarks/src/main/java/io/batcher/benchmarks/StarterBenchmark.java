/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batcher;
import io.batcher.Overflow;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.autoconfigure.BatcherAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherMetricsAutoConfiguration;
import io.batcher.spring.autoconfigure.BatcherObservationAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * What the starter adds to the cost of an item: the engine alone, beside the same in a Spring context with an annotated method,
 * metrics and an observation of each batch. Ends as {@link BurstBenchmark} does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1) // observations are much code: not before that do the times stay
@Measurement(iterations = 1, time = 1)
public class StarterBenchmark {

    /** Who makes the batcher. */
    public enum Maker {
        /** The builder, and nobody listens. */
        ENGINE,
        /** The starter, with all that an application with the actuator has. */
        STARTER
    }

    @Param
    Maker maker = Maker.ENGINE;

    @Param({"1", "2", "8"})
    int producers = 2;

    private Burst burst = new Burst(BurstBenchmark.ITEMS, 1);
    private Subject subject = new Subject(Batcher.<Item>builder("none").build(), () -> {});

    private record Subject(Batcher<Item> batcher, Runnable end) {}

    @Setup(Level.Trial)
    public void begin() {
        burst = new Burst(BurstBenchmark.ITEMS, producers);
        subject = maker == Maker.ENGINE ? engine(burst.handler()) : starter(burst.handler());
        burst.begin(ProducerThreads.PLATFORM, this::add, subject.batcher()::flush);
    }

    private static Subject engine(Consumer<List<Item>> handler) {
        Batcher<Item> batcher = Batcher.<Item>builder("items")
                .handler(handler::accept)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofMinutes(1))
                .build();
        return new Subject(batcher, batcher::close);
    }

    private static Subject starter(Consumer<List<Item>> handler) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "options",
                        Map.of(
                                "batcher.instances.items.overflow", "block",
                                "batcher.instances.items.max-block", "1m")));
        context.registerBean(SimpleMeterRegistry.class);
        context.registerBean(Items.class, () -> new Items(handler));
        context.register(
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                ObservationAutoConfiguration.class,
                BatcherAutoConfiguration.class,
                BatcherMetricsAutoConfiguration.class,
                BatcherObservationAutoConfiguration.class);
        context.refresh();
        Batcher<Item> batcher = context.getBean(BatcherRegistry.class).get("items", Item.class);
        return new Subject(batcher, () -> end(context));
    }

    /** Everything was on, or the comparison says nothing. */
    private static void end(AnnotationConfigApplicationContext context) {
        Batcher<?> batcher = context.getBean(BatcherRegistry.class).get("items");
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

    private void add(int from, int count) {
        Batcher<Item> batcher = subject.batcher();
        for (int i = from; i < from + count; i++) {
            batcher.add(Item.of(i));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BurstBenchmark.ITEMS)
    public long burst() {
        return burst.run();
    }

    @TearDown(Level.Trial)
    public void end() {
        burst.end();
        subject.end().run();
    }

    /** The handler as an application has it. */
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
