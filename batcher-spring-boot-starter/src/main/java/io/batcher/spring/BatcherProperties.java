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
 * Properties of batchers.
 *
 * @param defaults What every batcher inherits.
 * @param instances Batchers by name.
 * @param scheduler Name of the TaskScheduler or ScheduledExecutorService bean to take timers from, instead of the starter's
 *     own.
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
        implements AopInfrastructureBean { // which no proxy can extend

    /**
     * Options of a batcher; what is absent or empty is inherited, at last from {@link io.batcher.BatcherBuilder}, which describes each
     * of them in full and checks the values.
     *
     * @param interval Time after which what was added is delivered at the latest.
     * @param maxBatchSize Largest number of items in a batch; so many are delivered at once.
     * @param maxBatchWeight Largest weight of a batch; needs a BatcherCustomizer that sets a weigher.
     * @param eager Whether a free handler gets the first item at once.
     * @param capacity Largest number of items in memory.
     * @param overflow What happens to an item that is added while the buffer is full.
     * @param maxBlock Longest wait of an add when the overflow policy is "block".
     * @param retry When a failed batch is tried again and when it is given up.
     * @param pace How often the handler may be called. No limit unless set.
     * @param maxRetryAfter Longest rest after a Retry-After, unless the retry delay is longer.
     * @param handlerTimeout Longest time of one attempt. No limit unless set.
     * @param shutdownTimeout Longest wait for the delivery of what is left when the application stops.
     * @param autoFlush Whether interval ticks are on from the start.
     * @param enabled Whether there is such a batcher; if not, its handler methods and its other options are ignored.
     * @param itemType Class of the items; needed only where no handler method tells it.
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
         * Converts what YAML makes of a name with nothing below it, an empty string, to no options. Spring Boot 4.0 asks for that; the
         * conversion service finds the method by its name.
         *
         * @throws IllegalArgumentException if the string is not empty
         */
        public static Options of(String nothing) {
            if (!nothing.isEmpty()) {
                throw new IllegalArgumentException("a batcher has options below its name, and no value of its own");
            }
            Retry retry = new Retry(null, null, null, null, null, null, null);
            Pace pace = new Pace(null, null, null);
            return new Options(
                    null, null, null, null, null, null, null, retry, pace, null, null, null, null, null, null);
        }
    }

    /**
     * Retry options; what is absent or empty is inherited, at last from {@link io.batcher.RetryPolicy.Builder}.
     *
     * @param maxAttempts Number of attempts after which a batch is given up. Unlimited unless set.
     * @param delay Delay before the first retry. One interval unless set.
     * @param multiplier Factor by which the delay grows after each further failure.
     * @param maxDelay Bound of the growth of the delay.
     * @param jitter Share of the delay by which it varies at random, 0 to 1.
     * @param retryOn Causes that are worth another attempt, with their subclasses. All of them unless set.
     * @param isolatePoison Whether a batch that would be given up is halved until the bad items stand alone.
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
     * A limit on the rate of handler calls; what is absent or empty is inherited. See {@link io.batcher.Pace}.
     *
     * @param calls Number of handler calls that may start in any window of length "per". Needs "per".
     * @param per Length of that window. Needs "calls".
     * @param burst Number of calls that may start at once; a window then holds up to "burst" - 1 more.
     */
    public record Pace(
            @Nullable Integer calls,
            @Nullable Duration per,
            @Nullable Integer burst) {}

    /**
     * Actuator endpoint.
     *
     * @param flushTimeout Longest wait of a flush that the endpoint was asked for.
     */
    public record Endpoint(@DefaultValue("10s") Duration flushTimeout) {

        /** Refuses a negative wait; zero means not to wait. */
        public Endpoint {
            require(!flushTimeout.isNegative(), "flush-timeout must not be negative", flushTimeout);
        }
    }

    /**
     * Health contributor.
     *
     * @param maxAge Age of the oldest item in memory above which a batcher is down.
     * @param maxConsecutiveFailures Number of failed attempts in a row at which a batcher is down.
     */
    public record Health(
            @DefaultValue("1m") Duration maxAge,
            @DefaultValue("10") int maxConsecutiveFailures) {

        /** Refuses limits with which a batcher would always be down. */
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
