/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the time from the call of flush until the handler is entered, with one waiting item and all threads parked. Prints a Markdown
 * table with ratios to the synchronized list. buffer-trigger calls the handler on the flushing thread; with the others a parked thread has
 * to wake up.
 *
 * <p>The handler itself reads the clock when it is entered. The calling thread spins until it sees that, which is later: on a small machine
 * the woken thread often preempts the spinning one and keeps the processor until it has done its work after the handler.
 *
 * <p>The contenders take turns in one process, so that a slow minute of the machine affects each of them.
 */
public final class FlushLatency {

    private static final int ROUNDS = 8;
    private static final int CALLS = 2_000;

    /** Enough for the JIT compiler, whose threads would otherwise take processor time from the measured ones. */
    private static final int CALLS_TO_COMPILE = 60_000;

    /** Wakes up what a new contender needs. */
    private static final int CALLS_TO_BEGIN = 2_000;

    /** Long enough for the threads of a contender to park. */
    private static final long REST_NANOS = 200_000;

    private static final List<Kind> CONTENDERS = List.of(
            Kind.SYNCHRONIZED_LIST,
            Kind.OBSERVED_LIST,
            Kind.BATCHER,
            Kind.STARTER_ALONE,
            Kind.STARTER,
            Kind.GAX,
            Kind.BUFFER_TRIGGER);

    private volatile long enteredAt;
    private volatile boolean entered;

    private FlushLatency() {}

    public static void main(String[] args) {
        FlushLatency latency = new FlushLatency();
        CONTENDERS.forEach(kind -> latency.measure(kind, CALLS_TO_COMPILE, 0));
        Map<Kind, long[]> all = new EnumMap<>(Kind.class);
        CONTENDERS.forEach(kind -> all.put(kind, new long[ROUNDS * CALLS]));
        for (int round = 0; round < ROUNDS; round++) {
            int from = round * CALLS;
            all.forEach((kind, nanos) ->
                    System.arraycopy(latency.measure(kind, CALLS_TO_BEGIN, CALLS), 0, nanos, from, CALLS));
        }
        all.values().forEach(Arrays::sort);
        print(all);
        System.exit(0); // a contender may leave threads behind
    }

    /** Returns the nanoseconds of each call, without those of the unmeasured calls before, which do not rest. */
    private long[] measure(Kind kind, int unmeasured, int measured) {
        long[] nanos = new long[measured];
        try (Contender contender = kind.create(Limits.DEFAULT, this::handle)) {
            for (int i = 0; i < unmeasured; i++) {
                addAndFlush(contender, 0);
            }
            for (int i = 0; i < measured; i++) {
                nanos[i] = addAndFlush(contender, REST_NANOS);
            }
        }
        return nanos;
    }

    private long addAndFlush(Contender contender, long restNanos) {
        entered = false;
        contender.add(Item.of(1));
        rest(restNanos);
        long flushedAt = System.nanoTime();
        contender.flush();
        while (!entered) {
            Thread.onSpinWait();
        }
        long took = enteredAt - flushedAt;
        rest(restNanos);
        return took;
    }

    private static void rest(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    private void handle(List<Item> batch) {
        enteredAt = System.nanoTime();
        entered = true;
    }

    private static void print(Map<Kind, long[]> all) {
        System.out.println("| in µs (ratio to the list) | median | p99 | p99.9 |\n|---|---:|---:|---:|");
        long[] list = Objects.requireNonNull(all.get(Kind.SYNCHRONIZED_LIST));
        all.forEach((kind, nanos) -> System.out.printf(
                "| %s | %s | %s | %s |%n",
                kind.label(), cell(nanos, list, 0.5), cell(nanos, list, 0.99), cell(nanos, list, 0.999)));
    }

    private static String cell(long[] nanos, long[] list, double quantile) {
        double micros = micros(nanos, quantile);
        return String.format(Locale.ROOT, "%.1f (%.2f)", micros, micros / micros(list, quantile));
    }

    private static double micros(long[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))] / 1e3;
    }
}
