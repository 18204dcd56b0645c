/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A consistent snapshot of a batcher. At any moment
 * {@code accepted = handled + deadLettered + dropped + handedBack + depth} and {@code 0 <= depth <= capacity}. Counters count since the
 * batcher was built.
 *
 * <p>With a store, {@code depth} and {@code oldestAge} are those of all stored items, of every process that shares the store, as of the
 * last count. With a store of one process {@code accepted} begins with the items found at the start, so the equation holds. With a shared
 * store the counters are those of this process, and it does not.
 *
 * <p>Immutable; two snapshots with the same values are equal. Counters may be added, so there is no public constructor: tests create
 * snapshots with {@link #builder()}.
 */
public final class BatcherStats {

    /** Never changed once the snapshot has it. */
    private final StatsValues values;

    private BatcherStats(StatsValues values) {
        this.values = values;
    }

    /** Starts a snapshot of a running batcher in which every number is zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the state. */
    public BatcherState state() {
        return values.state;
    }

    /** Returns the number of items in memory: waiting, kept for a retry, and with the handler; with a store the number of items stored. */
    public int depth() {
        return values.depth;
    }

    /** Returns the part of {@link #depth} that is with the handler. */
    public int inFlight() {
        return values.inFlight;
    }

    /** Returns the maximum of {@link #depth}. */
    public int capacity() {
        return values.capacity;
    }

    /** Returns the number of items accepted, including those that a DROP policy discarded. */
    public long accepted() {
        return values.accepted;
    }

    /** Returns the number of items that the handler handled. */
    public long handled() {
        return values.handled;
    }

    /** Returns the number of handler calls that failed, for all or some of their items. */
    public long failedAttempts() {
        return values.failedAttempts;
    }

    /** Returns the number of items rejected; they are not part of {@link #accepted}. */
    public long rejected() {
        return values.rejected;
    }

    /** Returns the number of items that a DROP policy discarded. */
    public long dropped() {
        return values.dropped;
    }

    /** Returns the number of items given up. */
    public long deadLettered() {
        return values.deadLettered;
    }

    /** Returns the number of items that close could not deliver. */
    public long handedBack() {
        return values.handedBack;
    }

    /** Returns the number of handler calls that ended, with success or failure. */
    public long batches() {
        return values.batches;
    }

    /** Returns the number of failed attempts since the last success; with a key the highest of a lane, of those that have items. */
    public int consecutiveFailures() {
        return values.consecutiveFailures;
    }

    /** Returns how long the oldest item has been in memory; zero if there is none. */
    public Duration oldestAge() {
        return values.oldestAge;
    }

    /** Returns the number of handler calls that ended with a {@link RetryAfterException}; they are neither failed nor batches. */
    public long throttled() {
        return values.throttled;
    }

    /** Returns how long the batcher still rests after a {@link RetryAfterException}; zero if it does not. */
    public Duration restingFor() {
        return values.restingFor;
    }

    /**
     * Returns how many orders of items there are: 1 without a key, else the concurrency or, with a batch per key, the keys that have items.
     * With a store it is the number of partitions that this process owns.
     */
    public int lanes() {
        return values.lanes;
    }

    /**
     * Returns how many partitions of a store this process has stopped and does not take back for a lease, because it cannot read the items
     * at their head.
     */
    public int stoppedPartitions() {
        return values.stoppedPartitions;
    }

    /** Returns how many attempts ended after another process had taken over the partition, so that their outcome is not recorded. */
    public long fenced() {
        return values.fenced;
    }

    /** Returns the class name of the store's last failure; empty if there is no store, or it has answered since. */
    public Optional<String> storeFailure() {
        return Optional.ofNullable(values.storeFailure);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BatcherStats stats && values.byName().equals(stats.values.byName());
    }

    @Override
    public int hashCode() {
        return values.byName().hashCode();
    }

    /** Returns every value by its name. */
    @Override
    public String toString() {
        String all = values.byName().toString();
        return "BatcherStats[" + all.substring(1, all.length() - 1) + "]";
    }

    /** Collects the values of a snapshot; each is described at the accessor of the same name. Not thread-safe. */
    public static final class Builder {

        private final StatsValues values = new StatsValues();

        private Builder() {}

        /** Sets {@link BatcherStats#state}. */
        public Builder state(BatcherState state) {
            values.state = Objects.requireNonNull(state, "state");
            return this;
        }

        /** Sets {@link BatcherStats#depth}. */
        public Builder depth(int depth) {
            values.depth = depth;
            return this;
        }

        /** Sets {@link BatcherStats#inFlight}. */
        public Builder inFlight(int inFlight) {
            values.inFlight = inFlight;
            return this;
        }

        /** Sets {@link BatcherStats#capacity}. */
        public Builder capacity(int capacity) {
            values.capacity = capacity;
            return this;
        }

        /** Sets {@link BatcherStats#accepted}. */
        public Builder accepted(long accepted) {
            values.accepted = accepted;
            return this;
        }

        /** Sets {@link BatcherStats#handled}. */
        public Builder handled(long handled) {
            values.handled = handled;
            return this;
        }

        /** Sets {@link BatcherStats#failedAttempts}. */
        public Builder failedAttempts(long failedAttempts) {
            values.failedAttempts = failedAttempts;
            return this;
        }

        /** Sets {@link BatcherStats#rejected}. */
        public Builder rejected(long rejected) {
            values.rejected = rejected;
            return this;
        }

        /** Sets {@link BatcherStats#dropped}. */
        public Builder dropped(long dropped) {
            values.dropped = dropped;
            return this;
        }

        /** Sets {@link BatcherStats#deadLettered}. */
        public Builder deadLettered(long deadLettered) {
            values.deadLettered = deadLettered;
            return this;
        }

        /** Sets {@link BatcherStats#handedBack}. */
        public Builder handedBack(long handedBack) {
            values.handedBack = handedBack;
            return this;
        }

        /** Sets {@link BatcherStats#batches}. */
        public Builder batches(long batches) {
            values.batches = batches;
            return this;
        }

        /** Sets {@link BatcherStats#consecutiveFailures}. */
        public Builder consecutiveFailures(int consecutiveFailures) {
            values.consecutiveFailures = consecutiveFailures;
            return this;
        }

        /** Sets {@link BatcherStats#oldestAge}. */
        public Builder oldestAge(Duration oldestAge) {
            values.oldestAge = Objects.requireNonNull(oldestAge, "oldestAge");
            return this;
        }

        /** Sets {@link BatcherStats#throttled}. */
        public Builder throttled(long throttled) {
            values.throttled = throttled;
            return this;
        }

        /** Sets {@link BatcherStats#restingFor}. */
        public Builder restingFor(Duration restingFor) {
            values.restingFor = Objects.requireNonNull(restingFor, "restingFor");
            return this;
        }

        /** Sets {@link BatcherStats#lanes}. */
        public Builder lanes(int lanes) {
            values.lanes = lanes;
            return this;
        }

        /** Sets {@link BatcherStats#stoppedPartitions}. */
        public Builder stoppedPartitions(int stoppedPartitions) {
            values.stoppedPartitions = stoppedPartitions;
            return this;
        }

        /** Sets {@link BatcherStats#fenced}. */
        public Builder fenced(long fenced) {
            values.fenced = fenced;
            return this;
        }

        /** Sets {@link BatcherStats#storeFailure}; null for none. */
        public Builder storeFailure(@Nullable String storeFailure) {
            values.storeFailure = storeFailure;
            return this;
        }

        /** Creates the snapshot. */
        public BatcherStats build() {
            return new BatcherStats(values.copy());
        }
    }
}
