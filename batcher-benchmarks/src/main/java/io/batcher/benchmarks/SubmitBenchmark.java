/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
 * As {@link BurstBenchmark}, with a future per item. Measures from before the first submit until the handler has seen the last item and
 * the last future of each producer is complete. The producers keep no other future.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 1, time = 1)
public class SubmitBenchmark {

    @Param({"BATCHER", "GAX"})
    Kind contender = Kind.BATCHER;

    @Param({"1", "2", "8"})
    int producers = 1;

    private Burst burst = new Burst(BurstBenchmark.ITEMS, 1);
    private Contender subject = Contender.NOTHING;
    private @Nullable Future<?>[] last = new Future<?>[1];

    @Setup(Level.Trial)
    public void begin() {
        burst = new Burst(BurstBenchmark.ITEMS, producers);
        last = new Future<?>[producers];
        subject = contender.create(Limits.DEFAULT, burst.handler());
        burst.begin(ProducerThreads.PLATFORM, submitting(subject), subject::flush);
    }

    private Burst.Share submitting(Contender subject) {
        if (subject instanceof BatcherContender ours) {
            return (from, count) -> submit(ours.batcher()::submit, from, count);
        }
        if (subject instanceof GaxContender gax) {
            return (from, count) -> submit(gax::submit, from, count);
        }
        throw new IllegalArgumentException(contender + " has no futures");
    }

    private void submit(Function<Item, Future<?>> submit, int from, int count) {
        Future<?> future = null;
        for (int i = from; i < from + count; i++) {
            future = submit.apply(Item.of(i));
        }
        last[from / count] = future;
    }

    @Benchmark
    @OperationsPerInvocation(BurstBenchmark.ITEMS)
    public long submit() throws ExecutionException, InterruptedException {
        long sum = burst.run();
        for (Future<?> future : last) {
            if (future != null) {
                future.get();
            }
        }
        return sum;
    }

    @TearDown(Level.Trial)
    public void end() {
        burst.end();
        subject.close();
    }
}
