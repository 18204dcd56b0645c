/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.BatcherConfig;
import io.batcher.RetryPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Computes the delay of a failed batch before its next attempt, from the retry policy and, with jitter, random numbers.
 *
 * <p>The delay follows "Exponential Backoff And Jitter" of the AWS Architecture Blog. The jitter is symmetric as in Failsafe, but
 * never exceeds the bound: there it only shortens the delay, so retries at the bound still vary.
 */
public final class RetryDelay {

    private static final Duration SHORTEST_REST = Duration.ofMillis(1);

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
     * Creates the rule.
     *
     * @param random returns numbers from 0 inclusive to 1 exclusive
     */
    public RetryDelay(BatcherConfig<?> config, DoubleSupplier random) {
        RetryPolicy policy = config.retry();
        this.delayNanos = firstDelay(config).toNanos();
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

    /**
     * Returns how long a batcher rests after a {@code RetryAfterException}, in nanoseconds: at most {@code maxRetryAfter}, but never less
     * than the delay before a first retry, because a target that asks for nothing must not be called in a loop.
     */
    public static long restNanos(Duration retryAfter, BatcherConfig<?> config) {
        Duration asked = longer(retryAfter, SHORTEST_REST);
        Duration most = config.maxRetryAfter();
        Duration bounded = asked.compareTo(most) > 0 ? most : asked;
        return longer(bounded, firstDelay(config)).toNanos();
    }

    private static Duration firstDelay(BatcherConfig<?> config) {
        return config.retry().delay().orElse(config.interval());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
