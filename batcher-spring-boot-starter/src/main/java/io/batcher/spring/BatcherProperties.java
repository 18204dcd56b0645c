/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Overflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for batchers.
 *
 * @param defaults Options that all batchers inherit.
 * @param instances Batchers by name.
 * @param scheduler Name of the TaskScheduler or ScheduledExecutorService bean that runs the timers, instead of the
 *     starter's own scheduler.
 * @param endpoint Actuator endpoint.
 * @param health Health contributor.
 */
@ConfigurationProperties("batcher")
public record BatcherProperties(
        @DefaultValue Options defaults,
        @DefaultValue Map<String, Options> instances,
        @Nullable String scheduler,
        @DefaultValue Endpoint endpoint,
        @DefaultValue Health health)
        implements AopInfrastructureBean { // a record cannot be proxied

    /**
     * Options of a batcher. Absent or empty values are inherited: from the defaults, then from {@link io.batcher.BatcherBuilder}, which
     * describes each option in full and validates the values.
     *
     * @param interval Maximum time between two deliveries while there are items.
     * @param maxBatchSize Maximum batch size. A full batch is delivered immediately.
     * @param maxBatchWeight Maximum weight of a batch. Requires a BatcherCustomizer that sets a weigher.
     * @param eager Whether an item is delivered immediately if the handler is idle.
     * @param capacity Maximum number of items in memory.
     * @param overflow Policy for items that are added while the buffer is full.
     * @param maxBlock Maximum time that add blocks if the overflow policy is "block".
     * @param retry Retry options of a failed batch.
     * @param pace Limit on the rate of handler calls. Unlimited by default.
     * @param maxRetryAfter Maximum time that the batcher rests after a Retry-After. The retry delay is the minimum.
     * @param handlerTimeout Maximum time of an attempt. Unlimited by default.
     * @param shutdownTimeout Maximum time to deliver the remaining items when the application stops.
     * @param autoFlush Whether delivery by interval is active after startup.
     * @param enabled Whether the batcher exists. If false, its handler methods and other options are ignored.
     * @param itemType Class of the items. Required only without a handler method.
     */
    public record Options(
            @Nullable Duration interval,
            @Nullable Integer maxBatchSize,
            @Nullable Long maxBatchWeight,
            @Nullable Boolean eager,
            @Nullable Integer capacity,
            @Nullable Overflow overflow,
            @Nullable Duration maxBlock,
            @DefaultValue Retry retry,
            @DefaultValue Pace pace,
            @Nullable Duration maxRetryAfter,
            @Nullable Duration handlerTimeout,
            @Nullable Duration shutdownTimeout,
            @Nullable Boolean autoFlush,
            @Nullable Boolean enabled,
            @Nullable Class<?> itemType) {

        /**
         * Converts an empty string, the value of a YAML key without content, to empty options. Required by Spring Boot 4.0, whose
         * conversion service finds this method by its name.
         *
         * @throws IllegalArgumentException if the string is not empty
         */
        public static Options of(String nothing) {
            if (!nothing.isEmpty()) {
                throw new IllegalArgumentException("a batcher has options below its name, not a value");
            }
            Retry retry = new Retry(null, null, null, null, null, null, null);
            Pace pace = new Pace(null, null, null);
            return new Options(
                    null, null, null, null, null, null, null, retry, pace, null, null, null, null, null, null);
        }
    }

    /**
     * Retry options. Absent or empty values are inherited: from the defaults, then from {@link io.batcher.RetryPolicy.Builder}.
     *
     * @param maxAttempts Maximum number of attempts before a batch is given up. Unlimited by default.
     * @param delay Delay before the first retry. One interval by default.
     * @param multiplier Factor by which the delay grows with each further failure.
     * @param maxDelay Maximum delay between two attempts.
     * @param jitter Fraction of the delay by which it varies randomly, from 0 to 1.
     * @param retryOn Exception types that are retried, including subclasses. All types by default.
     * @param isolatePoison Whether a batch that would be given up is bisected until the failing items are isolated.
     */
    public record Retry(
            @Nullable Integer maxAttempts,
            @Nullable Duration delay,
            @Nullable Double multiplier,
            @Nullable Duration maxDelay,
            @Nullable Double jitter,
            @Nullable List<Class<? extends Throwable>> retryOn,
            @Nullable Boolean isolatePoison) {}

    /**
     * Limit on the rate of handler calls; see {@link io.batcher.Pace}. Absent or empty values are inherited.
     *
     * @param calls Maximum number of handler calls that start in any window of length "per". Requires "per".
     * @param per Length of the window. Requires "calls".
     * @param burst Maximum number of calls that start at once. A window then holds up to "burst" - 1 more calls.
     */
    public record Pace(
            @Nullable Integer calls,
            @Nullable Duration per,
            @Nullable Integer burst) {}

    /**
     * Actuator endpoint.
     *
     * @param flushTimeout Maximum time to wait for a flush requested through the endpoint.
     */
    public record Endpoint(@DefaultValue("10s") Duration flushTimeout) {

        /** Rejects a negative timeout. Zero means not to wait. */
        public Endpoint {
            require(!flushTimeout.isNegative(), "flush-timeout must not be negative", flushTimeout);
        }
    }

    /**
     * Health contributor.
     *
     * @param maxAge Age of the oldest item in memory above which a batcher is DOWN.
     * @param maxConsecutiveFailures Number of consecutive failed attempts at which a batcher is DOWN.
     */
    public record Health(
            @DefaultValue("1m") Duration maxAge,
            @DefaultValue("10") int maxConsecutiveFailures) {

        /** Rejects limits with which a batcher would always be DOWN. */
        public Health {
            require(maxAge.compareTo(Duration.ZERO) > 0, "max-age must be more than zero", maxAge);
            require(maxConsecutiveFailures >= 1, "max-consecutive-failures must be at least 1", maxConsecutiveFailures);
        }
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but was " + value);
        }
    }
}
