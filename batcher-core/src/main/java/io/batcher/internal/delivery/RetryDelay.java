/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.BatcherConfig;
import io.batcher.RetryPolicy;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Computes the delay of a failed batch before its next attempt. A pure function of the retry policy.
 *
 * <p>The delay follows "Exponential Backoff And Jitter" of the AWS Architecture Blog. The jitter is symmetric as in Failsafe, but never
 * exceeds the bound, and below it retries still vary.
 */
public final class RetryDelay {

    private final double delayNanos;
    private final double multiplier;
    private final double boundNanos;
    private final double jitter;
    private final DoubleSupplier random;

    public RetryDelay(BatcherConfig<?> config) {
        this(config, config.retry().jitter() == 0 ? () -> 0 : seeded(config));
    }

    /** Seeded by the clock: runs with virtual time are reproducible, and instances of an application differ. */
    private static DoubleSupplier seeded(BatcherConfig<?> config) {
        long seed = config.clock().nanoTime() ^ config.name().hashCode();
        return new SplittableRandom(seed)::nextDouble;
    }

    /**
     * Creates the function.
     *
     * @param random returns numbers from 0 inclusive to 1 exclusive
     */
    public RetryDelay(BatcherConfig<?> config, DoubleSupplier random) {
        RetryPolicy policy = config.retry();
        this.delayNanos = policy.delay().orElse(config.interval()).toNanos();
        this.multiplier = policy.multiplier();
        this.boundNanos = Math.max(delayNanos, policy.maxDelay().toNanos()); // maxDelay bounds the growth only
        this.jitter = policy.jitter();
        this.random = random;
    }

    /** Returns the delay in nanoseconds, at least 1, after {@code failures} counted attempts. */
    public long nanos(int failures) {
        double nominal = Math.min(delayNanos * Math.pow(multiplier, Math.max(0, failures - 1)), boundNanos);
        if (jitter == 0) {
            return (long) nominal;
        }
        double least = nominal * (1 - jitter);
        double most = Math.min(nominal * (1 + jitter), boundNanos);
        return Math.max(1, (long) (least + (most - least) * random.getAsDouble()));
    }
}
