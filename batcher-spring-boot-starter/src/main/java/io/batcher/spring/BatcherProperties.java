/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Overflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for batchers.
 *
 * @param defaults Options that all batchers inherit.
 * @param instances Batchers by name.
 * @param scheduler Name of the TaskScheduler or ScheduledExecutorService bean that runs the timers, instead of the
 *     starter's own scheduler.
 * @param store Stores, for batchers whose items survive the process.
 * @param endpoint Actuator endpoint.
 * @param health Health contributor.
 */
@ConfigurationProperties("batcher")
public record BatcherProperties(
        @DefaultValue Options defaults,
        @DefaultValue Map<String, Options> instances,
        @Nullable String scheduler,
        @DefaultValue Store store,
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
     * @param capacity Maximum number of items in memory; with a store, of items stored, and 10 million unless set.
     * @param concurrency Maximum number of handler calls at once, never two with the same key. More than 1 requires a key.
     * @param batchPerKey Whether a batch has items of one key only. Requires a key.
     * @param capacityPerKey Maximum number of items of one key in memory. Requires "batch-per-key".
     * @param store Where items are kept. All stores but "memory" need a dependency.
     * @param partitions Number of partitions that instances share. Requires a store and, above 1, a key. One per concurrent
     *     call by default.
     * @param transactional Whether handler and record of its outcome are one transaction. Requires the store "jdbc".
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
     * @param itemName Name of the items' format in a store. Simple name of the item type by default.
     */
    public record Options(
            @Nullable Duration interval,
            @Nullable Integer maxBatchSize,
            @Nullable Long maxBatchWeight,
            @Nullable Boolean eager,
            @Nullable Integer capacity,
            @Nullable Integer concurrency,
            @Nullable Boolean batchPerKey,
            @Nullable Integer capacityPerKey,
            @Nullable StoreKind store,
            @Nullable Integer partitions,
            @Nullable Boolean transactional,
            @Nullable Overflow overflow,
            @Nullable Duration maxBlock,
            @DefaultValue Retry retry,
            @DefaultValue Pace pace,
            @Nullable Duration maxRetryAfter,
            @Nullable Duration handlerTimeout,
            @Nullable Duration shutdownTimeout,
            @Nullable Boolean autoFlush,
            @Nullable Boolean enabled,
            @Nullable Class<?> itemType,
            @Nullable String itemName) {

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
                    null, null, null, null, null, null, null, null, null, null, null, null, null, retry, pace, null,
                    null, null, null, null, null, null);
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

    /** Where the items of a batcher are kept. */
    public enum StoreKind {
        /** In the memory of the process. */
        MEMORY,
        /** In a local file. */
        FILE,
        /** In a PostgreSQL database that instances share. */
        JDBC,
        /** In topics of Apache Kafka that instances share. */
        KAFKA
    }

    /**
     * Stores. Only those are opened that a batcher has.
     *
     * @param file Store "file".
     * @param jdbc Store "jdbc".
     * @param kafka Store "kafka".
     */
    public record Store(
            @DefaultValue File file,
            @DefaultValue Jdbc jdbc,
            @DefaultValue Kafka kafka) {

        /**
         * Store "file".
         *
         * @param directory Directory of the file. Each process needs one of its own.
         */
        public record File(@DefaultValue("./data/batcher") Path directory) {}

        /**
         * Store "jdbc".
         *
         * @param dataSource Name of the DataSource bean. Required only if there are several.
         * @param tablePrefix Prefix of the names of the tables.
         * @param initializeSchema Whether missing tables are created at startup.
         * @param lease Maximum time that an instance owns a partition without renewing it.
         * @param pollInterval Time between two looks for what other instances have added or released.
         * @param timeout Maximum time of a statement. Full seconds.
         * @param maxItemSize Maximum size of an item, as its codec writes it.
         * @param deadLetterMaxAge Age above which dead letters are deleted. Never by default.
         */
        public record Jdbc(
                @Nullable String dataSource,
                @DefaultValue("batcher_") String tablePrefix,
                @DefaultValue("true") boolean initializeSchema,
                @DefaultValue("30s") Duration lease,
                @DefaultValue("1s") Duration pollInterval,
                @DefaultValue("5s") Duration timeout,
                @DefaultValue("1MB") DataSize maxItemSize,
                @Nullable Duration deadLetterMaxAge) {

            /** Rejects values that mean nothing. The store checks the rest. */
            public Jdbc {
                requirePositive("lease", lease);
                requirePositive("poll-interval", pollInterval);
                requirePositive("timeout", timeout);
                require(
                        maxItemSize.toBytes() >= 1 && maxItemSize.toBytes() <= Integer.MAX_VALUE,
                        "max-item-size must be from 1B to 2147483647B",
                        maxItemSize);
                if (deadLetterMaxAge != null) {
                    requirePositive("dead-letter-max-age", deadLetterMaxAge);
                }
            }
        }

        /**
         * Store "kafka". Brokers and security are those of "spring.kafka".
         *
         * @param topicPrefix Prefix of the names of topics and consumer groups.
         * @param transactionalIdPrefix Prefix of the transactional ids with which addMany is atomic. Not atomic by default.
         * @param timeout Maximum time that a call waits for Kafka.
         */
        public record Kafka(
                @DefaultValue("batcher-") String topicPrefix,
                @Nullable String transactionalIdPrefix,
                @DefaultValue("15s") Duration timeout) {

            /** Rejects a timeout that means nothing. The store checks the rest. */
            public Kafka {
                requirePositive("timeout", timeout);
            }
        }
    }

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
     * @param maxAge Age of the oldest item above which a batcher is DOWN.
     * @param maxConsecutiveFailures Number of consecutive failed attempts at which a batcher is DOWN.
     */
    public record Health(
            @DefaultValue("1m") Duration maxAge,
            @DefaultValue("10") int maxConsecutiveFailures) {

        /** Rejects limits with which a batcher would always be DOWN. */
        public Health {
            requirePositive("max-age", maxAge);
            require(maxConsecutiveFailures >= 1, "max-consecutive-failures must be at least 1", maxConsecutiveFailures);
        }
    }

    private static void requirePositive(String option, Duration value) {
        require(value.compareTo(Duration.ZERO) > 0, option + " must be more than zero", value);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but was " + value);
        }
    }
}
