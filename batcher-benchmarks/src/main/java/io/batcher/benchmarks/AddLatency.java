/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures the time of a call of add while the handler sleeps 50 ms per batch. One thread adds 200 000 items a second at even intervals,
 * and catches up after a delay. Batches are limited to 20 000 items, so that the slow handler keeps up. Prints a row of a Markdown table.
 * The contender NOTHING shows the share of clock, scheduler and hypervisor.
 */
public final class AddLatency {

    private static final long DISTANCE_NANOS = 5_000;
    private static final int WARM_UP = 200_000;
    private static final int MEASURED = 400_000;
    private static final long HANDLER_MILLIS = 50;
    private static final Limits LIMITS = new Limits(20_000, 100_000, Duration.ofMillis(500));

    private AddLatency() {}

    public static void main(String[] args) {
        boolean control = args[0].equals("NOTHING");
        try (Contender contender =
                control ? Contender.NOTHING : Kind.valueOf(args[0]).create(LIMITS, AddLatency::handle)) {
            add(contender, WARM_UP);
            long[] nanos = add(contender, MEASURED);
            Arrays.sort(nanos);
            String label = control ? "nothing (control)" : Kind.valueOf(args[0]).label();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f | %.0f |%n",
                    label,
                    micros(nanos, 0.5),
                    micros(nanos, 0.99),
                    micros(nanos, 0.999),
                    micros(nanos, 1));
        }
    }

    private static long[] add(Contender contender, int count) {
        long[] nanos = new long[count];
        long next = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long before = System.nanoTime();
            while (before - next < 0) {
                Thread.onSpinWait();
                before = System.nanoTime();
            }
            contender.add(Item.of(i));
            nanos[i] = System.nanoTime() - before;
            next += DISTANCE_NANOS;
        }
        return nanos;
    }

    private static double micros(long[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))] / 1e3;
    }

    private static void handle(List<Item> batch) {
        try {
            Thread.sleep(HANDLER_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
