/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * Measures the end-to-end cost of an item with and without a key: with an empty handler what lanes cost, with one of 1 ms a batch what several
 * calls at once gain.
 *
 * <p>The 64 keys do not fall evenly on 8 lanes: one has 9 of them. So with a handler of 1 ms, 8 calls at once have at most 64 / 9, about 7.1
 * times the throughput of one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 2, time = 1)
public class LanesBenchmark {

    @Param
    KeyedKind contender = KeyedKind.UNKEYED;

    @Param("8")
    int producers = 8;

    @Param({"0", "1000"})
    int handlerMicros = 0;

    private Burst burst = new Burst(BurstBenchmark.ITEMS, 1);
    private Contender subject = Contender.NOTHING;

    @Setup(Level.Trial)
    public void begin() {
        burst = new Burst(BurstBenchmark.ITEMS, producers);
        subject = contender.create(Limits.QUICK, handler(burst.handlerOfOverlappingCalls()));
        burst.begin(ProducerThreads.PLATFORM, this::add, subject::flush);
    }

    private Consumer<List<Item>> handler(Consumer<List<Item>> counting) {
        return batch -> {
            if (handlerMicros > 0) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(handlerMicros));
            }
            counting.accept(batch);
        };
    }

    private void add(int from, int count) {
        Contender contender = subject;
        for (int i = from; i < from + count; i++) {
            contender.add(Item.of(i));
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
        subject.close();
    }
}
