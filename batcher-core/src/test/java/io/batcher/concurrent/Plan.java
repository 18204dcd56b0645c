/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import java.time.Duration;
import java.util.SplittableRandom;

/** The options of one random run. A seed reproduces its plan. */
record Plan(
        long seed,
        UnreliableHandler.Kind kind,
        Overflow overflow,
        int capacity,
        int maxBatchSize,
        long maxBatchWeight,
        boolean eager,
        int maxAttempts,
        boolean isolates,
        long handlerTimeoutNanos,
        double failureRate,
        Ending ending) {

    /** How a run ends. */
    enum Ending {
        /** Everything is delivered, then the batcher is closed. */
        SETTLE,
        /** Closed while producers add; undelivered items are handed back. */
        CLOSE_MIDWAY,
        /** As before, by several threads at once. */
        CLOSE_TWICE,
        /** Closed while producers add; undelivered items go to the dead-letter callback. */
        CLOSE_AND_REPORT
    }

    static Plan of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Overflow overflow = Overflow.values()[(int) Math.floorMod(seed, 4L)];
        int maxAttempts = random.nextBoolean() ? RetryPolicy.UNLIMITED : 1 + random.nextInt(4);
        return new Plan(
                seed,
                UnreliableHandler.Kind.values()[random.nextInt(3)],
                overflow,
                overflow == Overflow.REJECT ? 50_000 : 200 + random.nextInt(5_000),
                1 + random.nextInt(200),
                random.nextInt(4) == 0 ? 7 + random.nextInt(300) : Long.MAX_VALUE,
                random.nextInt(4) == 0,
                maxAttempts,
                maxAttempts < RetryPolicy.UNLIMITED && random.nextBoolean(),
                random.nextBoolean() ? Duration.ofMillis(2).toNanos() : 0,
                new double[] {0.01, 0.05, 0.15}[random.nextInt(3)],
                Ending.values()[(int) Math.floorMod(seed / 4, 4L)]);
    }

    boolean isWeighed() {
        return maxBatchWeight < Long.MAX_VALUE;
    }

    /** Sets the options, but not the handler, callbacks and threads. */
    BatcherBuilder<Item> builder() {
        BatcherBuilder<Item> builder = Batcher.<Item>builder("run-" + seed)
                .interval(Duration.ofMillis(1))
                .capacity(capacity)
                .maxBatchSize(Math.min(maxBatchSize, capacity))
                .eager(eager)
                .overflow(overflow)
                .maxBlock(Duration.ofMillis(seed % 8 < 4 ? 1_000 : 3))
                .retry(RetryPolicy.builder()
                        .maxAttempts(maxAttempts)
                        .delay(Duration.ofMillis(1))
                        .multiplier(seed % 3 == 0 ? 1.5 : 1)
                        .maxDelay(Duration.ofMillis(5))
                        .jitter(seed % 5 == 0 ? 0.5 : 0)
                        .retryOn(cause -> !(cause instanceof LinkageError) || seed % 2 == 0)
                        .isolatePoison(isolates)
                        .build());
        if (isWeighed()) {
            builder.maxBatchWeight(maxBatchWeight).weigher(Item::weight);
        }
        if (handlerTimeoutNanos > 0) {
            builder.handlerTimeout(Duration.ofNanos(handlerTimeoutNanos));
        }
        return builder;
    }
}
