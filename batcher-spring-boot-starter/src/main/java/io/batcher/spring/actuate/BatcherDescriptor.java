/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.Overflow;
import io.batcher.spring.ManagedBatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a batcher: counts, types and ages, never the content of an item. Unknown values are null.
 *
 * @param oldestAgeMs null while no item is in memory
 * @param busyForMs null while no batch is in flight
 * @param pausedForMs null while delivery is not paused
 * @param lanes number of orders of items: 1 without a key
 * @param throttled number of handler calls that ended with a Retry-After
 * @param restingForMs remaining time of a rest after a Retry-After, rounded up; null while there is none
 * @param store where the items are: "memory", "file", "jdbc", "kafka"
 * @param storeDetails absent without a store
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatcherDescriptor(
        String name,
        @Nullable String itemType,
        @Nullable String handler,
        BatcherState state,
        int depth,
        int inFlight,
        int capacity,
        @Nullable Long oldestAgeMs,
        @Nullable Long busyForMs,
        @Nullable Long pausedForMs,
        int consecutiveFailures,
        @Nullable Long intervalMs,
        @Nullable Integer maxBatchSize,
        @Nullable Overflow overflow,
        int lanes,
        long throttled,
        @Nullable Long restingForMs,
        @Nullable String store,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable StoreDetails storeDetails,
        Totals totals,
        @Nullable LastFailure lastFailure)
        implements OperationResponseBody {

    static BatcherDescriptor of(ManagedBatcher batcher) {
        BatcherStats stats = batcher.batcher().stats();
        Optional<BatcherConfig<?>> config = batcher.config();
        return new BatcherDescriptor(
                batcher.name(),
                batcher.itemType().orElse(null),
                batcher.handler().orElse(null),
                stats.state(),
                stats.depth(),
                stats.inFlight(),
                stats.capacity(),
                stats.depth() == 0 ? null : (Long) stats.oldestAge().toMillis(),
                batcher.busyFor().map(Duration::toMillis).orElse(null),
                batcher.pausedFor().map(Duration::toMillis).orElse(null),
                stats.consecutiveFailures(),
                config.map(c -> c.interval().toMillis()).orElse(null),
                config.map(BatcherConfig::maxBatchSize).orElse(null),
                config.map(BatcherConfig::overflow).orElse(null),
                stats.lanes(),
                stats.throttled(),
                stats.restingFor().isZero() ? null : (Long) millisRoundedUp(stats.restingFor()),
                config.map(BatcherDescriptor::storeOf).orElse(null),
                config.map(BatcherConfig::store).isPresent() ? StoreDetails.of(stats) : null,
                Totals.of(stats),
                batcher.lastFailure().map(LastFailure::of).orElse(null));
    }

    private static String storeOf(BatcherConfig<?> config) {
        return config.store() == null ? "memory" : config.store().kind();
    }

    /** A rest that is not over is never shown as zero. */
    private static long millisRoundedUp(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }

    /** Counts since the start. */
    public record Totals(
            long accepted,
            long handled,
            long failedAttempts,
            long rejected,
            long dropped,
            long deadLettered,
            long handedBack,
            long batches) {

        static Totals of(BatcherStats stats) {
            return new Totals(
                    stats.accepted(),
                    stats.handled(),
                    stats.failedAttempts(),
                    stats.rejected(),
                    stats.dropped(),
                    stats.deadLettered(),
                    stats.handedBack(),
                    stats.batches());
        }
    }

    /**
     * The last failed attempt.
     *
     * @param type the class name of the cause, without its message, which could contain the content of an item
     * @param at when the attempt ended
     * @param attempt the number of the attempt, from 1
     */
    public record LastFailure(String type, Instant at, int attempt) {

        static LastFailure of(ManagedBatcher.LastFailure failure) {
            return new LastFailure(failure.type(), failure.at(), failure.attempt());
        }
    }

    /**
     * The use that this instance makes of a store.
     *
     * @param ownedPartitions number of partitions that it owns
     * @param stoppedPartitions number of partitions that it has stopped, because it cannot read the items at their head
     * @param fenced number of attempts whose outcome was not recorded, because another instance had taken over
     * @param lastFailure class name of the store's last failure; null if it has answered since
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record StoreDetails(
            int ownedPartitions,
            int stoppedPartitions,
            long fenced,
            @Nullable String lastFailure) {

        static StoreDetails of(BatcherStats stats) {
            return new StoreDetails(
                    stats.lanes(),
                    stats.stoppedPartitions(),
                    stats.fenced(),
                    stats.storeFailure().orElse(null));
        }
    }
}
