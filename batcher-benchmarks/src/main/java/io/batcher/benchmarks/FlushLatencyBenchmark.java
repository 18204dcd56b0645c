/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the time from the call of flush until the handler is entered, with one waiting item and all threads parked. The measuring
 * thread spins until the handler is entered. buffer-trigger calls the handler on the flushing thread; with the others a parked thread has
 * to wake up.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 2, time = 1)
public class FlushLatencyBenchmark {

    /** Long enough for the threads of a contender to park. */
    private static final long REST_NANOS = 200_000;

    @Param({"BATCHER", "STARTER", "SYNCHRONIZED_LIST", "BUFFER_TRIGGER", "GAX"})
    Kind contender = Kind.BATCHER;

    private Contender subject = Contender.NOTHING;
    private volatile boolean entered;

    @Setup(Level.Trial)
    public void begin() {
        subject = contender.create(Limits.DEFAULT, this::handle);
    }

    private void handle(List<Item> batch) {
        entered = true;
    }

    @Setup(Level.Invocation)
    public void addOne() {
        entered = false;
        subject.add(Item.of(1));
        rest();
    }

    @Benchmark
    public void flush() {
        subject.flush();
        while (!entered) {
            Thread.onSpinWait();
        }
    }

    @TearDown(Level.Invocation)
    public void rest() {
        LockSupport.parkNanos(REST_NANOS);
    }

    @TearDown(Level.Trial)
    public void end() {
        subject.close();
    }
}
