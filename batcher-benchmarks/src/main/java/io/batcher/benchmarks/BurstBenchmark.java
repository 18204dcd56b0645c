/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.concurrent.TimeUnit;
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

/** Measures the end-to-end cost of an item: from before the first add of a burst until the handler has seen the last item. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 2, time = 1)
public class BurstBenchmark {

    static final int ITEMS = 400_000;

    @Param
    Kind contender = Kind.BATCHER;

    @Param({"1", "2", "8"})
    int producers = 1;

    @Param("PLATFORM")
    ProducerThreads threads = ProducerThreads.PLATFORM;

    private Burst burst = new Burst(ITEMS, 1);
    private Contender subject = Contender.NOTHING;

    @Setup(Level.Trial)
    public void begin() {
        burst = new Burst(ITEMS, producers);
        subject = contender.create(Limits.DEFAULT, burst.handler());
        burst.begin(threads, this::add, subject::flush);
    }

    private void add(int from, int count) {
        Contender contender = subject;
        for (int i = from; i < from + count; i++) {
            contender.add(Item.of(i));
        }
    }

    @Benchmark
    @OperationsPerInvocation(ITEMS)
    public long burst() {
        return burst.run();
    }

    @TearDown(Level.Trial)
    public void end() {
        burst.end();
        subject.close();
    }
}
