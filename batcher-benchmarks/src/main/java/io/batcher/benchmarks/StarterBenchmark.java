/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batcher;
import io.batcher.Overflow;
import java.time.Duration;
import java.util.List;
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

/**
 * Measures what the starter adds to the cost of an item: the engine alone, compared with a Spring context with an annotated method,
 * metrics and an observation per batch. A burst ends as in {@link BurstBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1) // observations are much code: not before that do the times stay
@Measurement(iterations = 1, time = 1)
public class StarterBenchmark {

    /** What creates the batcher. */
    public enum Maker {
        /** The builder, without a listener. */
        ENGINE,
        /** The starter, with everything that an application with the actuator has. */
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
        StarterContender contender = new StarterContender(Limits.DEFAULT, handler);
        return new Subject(contender.batcher(), contender::close);
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
}
