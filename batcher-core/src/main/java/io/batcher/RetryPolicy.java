/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides when a failed batch is retried and when it is given up. By {@linkplain #defaults() default} it is retried after each interval
 * until it succeeds. While a batch waits for its retry, later batches wait behind it, to keep the order; no thread is blocked.
 *
 * <pre>{@code
 * RetryPolicy fiveAttempts = RetryPolicy.builder()
 *         .delay(Duration.ofMillis(500))
 *         .multiplier(2)                                    // 0.5 s, 1 s, 2 s, 4 s
 *         .jitter(0.2)
 *         .maxAttempts(5)                                   // then the items go to onDeadLetter
 *         .retryOn(cause -> cause instanceof IOException)   // any other cause: give up at once
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe; the {@link Builder} is not.
 */
public final class RetryPolicy {

    /** The value of {@link Builder#maxAttempts} for no limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(30);
    private static final RetryPolicy DEFAULTS = builder().build();

    private final int maxAttempts;
    private final Optional<Duration> delay;
    private final double multiplier;
    private final Optional<Duration> maxDelay;
    private final double jitter;
    private final Predicate<? super Throwable> retryOn;
    private final boolean isolatePoison;

    private RetryPolicy(Builder builder) {
        this.maxAttempts = builder.maxAttempts;
        this.delay = builder.delay;
        this.multiplier = builder.multiplier;
        this.maxDelay = builder.maxDelay;
        this.jitter = builder.jitter;
        this.retryOn = builder.retryOn;
        this.isolatePoison = builder.isolatePoison;
    }

    /** Returns the default policy. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Returns a builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the number of attempts after which a batch is given up; {@link #UNLIMITED} if there is no limit. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Returns the delay before the first retry; empty for one interval of the batcher. */
    public Optional<Duration> delay() {
        return delay;
    }

    /** Returns the factor by which the delay grows after each further failure. */
    public double multiplier() {
        return multiplier;
    }

    /** Returns the limit up to which the delay grows. */
    public Duration maxDelay() {
        return maxDelay.orElse(DEFAULT_MAX_DELAY);
    }

    /** Returns the fraction of the delay by which it varies at random, 0 to 1. */
    public double jitter() {
        return jitter;
    }

    /** Returns the predicate for causes that are retried. */
    public Predicate<? super Throwable> retryOn() {
        return retryOn;
    }

    /** Returns whether a batch that would be given up is bisected to isolate the bad items. */
    public boolean isolatePoison() {
        return isolatePoison;
    }

    /** Rejects an explicit {@code maxDelay} that is less than the delay. */
    static void requireDelayWithinBound(RetryPolicy policy, Duration delay, String nameOfDelay) {
        policy.maxDelay.ifPresent(bound -> Require.argument(
                bound.compareTo(delay) >= 0,
                "retry.maxDelay must not be less than %s, but %s < %s; raise maxDelay or leave it out",
                nameOfDelay,
                bound,
                delay));
    }

    /** Collects the options of a {@link RetryPolicy}. Not thread-safe. */
    public static final class Builder {

        private int maxAttempts = UNLIMITED;
        private Optional<Duration> delay = Optional.empty();
        private double multiplier = 1.0;
        private Optional<Duration> maxDelay = Optional.empty();
        private double jitter;
        private Predicate<? super Throwable> retryOn = cause -> true;
        private boolean isolatePoison;

        private Builder() {}

        /**
         * Sets the number of attempts after which a batch is given up. Default: {@link RetryPolicy#UNLIMITED}.
         *
         * @throws IllegalArgumentException if less than 1
         */
        public Builder maxAttempts(int maxAttempts) {
            Require.argument(maxAttempts >= 1, "retry.maxAttempts must be at least 1, but was %s", maxAttempts);
            this.maxAttempts = maxAttempts;
            return this;
        }

        /**
         * Sets the delay before the first retry. Default: one interval of the batcher.
         *
         * @throws IllegalArgumentException if not positive, or longer than 36500 days
         */
        public Builder delay(Duration delay) {
            this.delay = Optional.of(Require.positive(delay, "retry.delay"));
            return this;
        }

        /**
         * Sets the factor by which the delay grows after each further failure. Default: 1, a constant delay.
         *
         * @throws IllegalArgumentException if less than 1 or not finite
         */
        public Builder multiplier(double multiplier) {
            Require.argument(
                    multiplier >= 1 && Double.isFinite(multiplier),
                    "retry.multiplier must be a finite number of at least 1, but was %s",
                    multiplier);
            this.multiplier = multiplier;
            return this;
        }

        /**
         * Limits the growth of the delay. Default: 30 s. It does not shorten a longer {@link #delay}.
         *
         * @throws IllegalArgumentException if not positive, or longer than 36500 days
         */
        public Builder maxDelay(Duration maxDelay) {
            this.maxDelay = Optional.of(Require.positive(maxDelay, "retry.maxDelay"));
            return this;
        }

        /**
         * Varies each delay at random by up to this fraction, so that several instances do not retry at the same moments. Default: 0.
         * With 0.2 a delay of 10 s becomes 8 s to 12 s, and never more than {@link #maxDelay}.
         *
         * @throws IllegalArgumentException if not between 0 and 1
         */
        public Builder jitter(double jitter) {
            Require.argument(jitter >= 0 && jitter <= 1, "retry.jitter must be between 0 and 1, but was %s", jitter);
            this.jitter = jitter;
            return this;
        }

        /**
         * Sets which causes are retried; for any other cause the batch is given up at once. The predicate is called with what the
         * handler threw, or with the cause of each item that a {@link PartialBatchException} names. A
         * {@link java.util.concurrent.CompletionException} or {@link java.util.concurrent.ExecutionException} around either is removed. If
         * the predicate throws, the batch is retried. Default: all causes.
         */
        public Builder retryOn(Predicate<? super Throwable> retryOn) {
            this.retryOn = Objects.requireNonNull(retryOn, "retryOn");
            return this;
        }

        /**
         * Sets whether a batch that would be given up is bisected until the bad items are isolated. The good items are delivered in
         * order. An item is given up only if another part succeeded in the same pass, so no item is given up during an outage. Parts of
         * a batch are delivered again, so the handler should be idempotent. Requires {@link #maxAttempts}. Default: false.
         */
        public Builder isolatePoison(boolean isolatePoison) {
            this.isolatePoison = isolatePoison;
            return this;
        }

        /**
         * Creates the policy.
         *
         * @throws IllegalArgumentException if {@link #maxDelay} is less than {@link #delay}, or {@link #isolatePoison} is set
         *     without {@link #maxAttempts}
         */
        public RetryPolicy build() {
            Require.argument(
                    !isolatePoison || maxAttempts != UNLIMITED,
                    "retry.isolatePoison needs a finite retry.maxAttempts, but that is unlimited; set maxAttempts, 3 for example");
            RetryPolicy policy = new RetryPolicy(this);
            delay.ifPresent(d -> requireDelayWithinBound(policy, d, "retry.delay"));
            return policy;
        }
    }
}
