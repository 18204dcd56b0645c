/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A consistent snapshot of a batcher. At any moment
 * {@code accepted = handled + deadLettered + dropped + handedBack + depth} and {@code 0 <= depth <= capacity}. Counters count since the
 * batcher was built.
 *
 * <p>Immutable; two snapshots with the same values are equal. Counters may be added, so there is no public constructor: tests create
 * snapshots with {@link #builder()}.
 */
public final class BatcherStats {

    private final BatcherState state;
    private final int depth;
    private final int inFlight;
    private final int capacity;
    private final long accepted;
    private final long handled;
    private final long failedAttempts;
    private final long rejected;
    private final long dropped;
    private final long deadLettered;
    private final long handedBack;
    private final long batches;
    private final int consecutiveFailures;
    private final Duration oldestAge;
    private final long throttled;
    private final Duration restingFor;

    private BatcherStats(Builder builder) {
        this.state = builder.state;
        this.depth = builder.depth;
        this.inFlight = builder.inFlight;
        this.capacity = builder.capacity;
        this.accepted = builder.accepted;
        this.handled = builder.handled;
        this.failedAttempts = builder.failedAttempts;
        this.rejected = builder.rejected;
        this.dropped = builder.dropped;
        this.deadLettered = builder.deadLettered;
        this.handedBack = builder.handedBack;
        this.batches = builder.batches;
        this.consecutiveFailures = builder.consecutiveFailures;
        this.oldestAge = builder.oldestAge;
        this.throttled = builder.throttled;
        this.restingFor = builder.restingFor;
    }

    /** Starts a snapshot of a running batcher in which every number is zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the state. */
    public BatcherState state() {
        return state;
    }

    /** Returns the number of items in memory: waiting, kept for a retry, and with the handler. */
    public int depth() {
        return depth;
    }

    /** Returns the part of {@link #depth} that is with the handler. */
    public int inFlight() {
        return inFlight;
    }

    /** Returns the maximum of {@link #depth}. */
    public int capacity() {
        return capacity;
    }

    /** Returns the number of items accepted, including those that a DROP policy discarded. */
    public long accepted() {
        return accepted;
    }

    /** Returns the number of items that the handler handled. */
    public long handled() {
        return handled;
    }

    /** Returns the number of handler calls that failed, for all or some of their items. */
    public long failedAttempts() {
        return failedAttempts;
    }

    /** Returns the number of items rejected; they are not part of {@link #accepted}. */
    public long rejected() {
        return rejected;
    }

    /** Returns the number of items that a DROP policy discarded. */
    public long dropped() {
        return dropped;
    }

    /** Returns the number of items given up. */
    public long deadLettered() {
        return deadLettered;
    }

    /** Returns the number of items that close could not deliver. */
    public long handedBack() {
        return handedBack;
    }

    /** Returns the number of handler calls that ended, with success or failure. */
    public long batches() {
        return batches;
    }

    /** Returns the number of failed attempts since the last success. */
    public int consecutiveFailures() {
        return consecutiveFailures;
    }

    /** Returns how long the oldest item has been in memory; zero if there is none. */
    public Duration oldestAge() {
        return oldestAge;
    }

    /** Returns the number of handler calls that ended with a {@link RetryAfterException}; they are neither failed nor batches. */
    public long throttled() {
        return throttled;
    }

    /** Returns how long the batcher still rests after a {@link RetryAfterException}; zero if it does not. */
    public Duration restingFor() {
        return restingFor;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BatcherStats stats && values().equals(stats.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** Returns every value by its name. */
    @Override
    public String toString() {
        String values = values().toString();
        return "BatcherStats[" + values.substring(1, values.length() - 1) + "]";
    }

    private Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("state", state);
        values.put("depth", depth);
        values.put("inFlight", inFlight);
        values.put("capacity", capacity);
        values.put("accepted", accepted);
        values.put("handled", handled);
        values.put("failedAttempts", failedAttempts);
        values.put("rejected", rejected);
        values.put("dropped", dropped);
        values.put("deadLettered", deadLettered);
        values.put("handedBack", handedBack);
        values.put("batches", batches);
        values.put("consecutiveFailures", consecutiveFailures);
        values.put("oldestAge", oldestAge);
        values.put("throttled", throttled);
        values.put("restingFor", restingFor);
        return values;
    }

    /** Collects the values of a snapshot; each is described at the accessor of the same name. Not thread-safe. */
    public static final class Builder {

        private BatcherState state = BatcherState.RUNNING;
        private int depth;
        private int inFlight;
        private int capacity;
        private long accepted;
        private long handled;
        private long failedAttempts;
        private long rejected;
        private long dropped;
        private long deadLettered;
        private long handedBack;
        private long batches;
        private int consecutiveFailures;
        private Duration oldestAge = Duration.ZERO;
        private long throttled;
        private Duration restingFor = Duration.ZERO;

        private Builder() {}

        /** Sets {@link BatcherStats#state}. */
        public Builder state(BatcherState state) {
            this.state = Objects.requireNonNull(state, "state");
            return this;
        }

        /** Sets {@link BatcherStats#depth}. */
        public Builder depth(int depth) {
            this.depth = depth;
            return this;
        }

        /** Sets {@link BatcherStats#inFlight}. */
        public Builder inFlight(int inFlight) {
            this.inFlight = inFlight;
            return this;
        }

        /** Sets {@link BatcherStats#capacity}. */
        public Builder capacity(int capacity) {
            this.capacity = capacity;
            return this;
        }

        /** Sets {@link BatcherStats#accepted}. */
        public Builder accepted(long accepted) {
            this.accepted = accepted;
            return this;
        }

        /** Sets {@link BatcherStats#handled}. */
        public Builder handled(long handled) {
            this.handled = handled;
            return this;
        }

        /** Sets {@link BatcherStats#failedAttempts}. */
        public Builder failedAttempts(long failedAttempts) {
            this.failedAttempts = failedAttempts;
            return this;
        }

        /** Sets {@link BatcherStats#rejected}. */
        public Builder rejected(long rejected) {
            this.rejected = rejected;
            return this;
        }

        /** Sets {@link BatcherStats#dropped}. */
        public Builder dropped(long dropped) {
            this.dropped = dropped;
            return this;
        }

        /** Sets {@link BatcherStats#deadLettered}. */
        public Builder deadLettered(long deadLettered) {
            this.deadLettered = deadLettered;
            return this;
        }

        /** Sets {@link BatcherStats#handedBack}. */
        public Builder handedBack(long handedBack) {
            this.handedBack = handedBack;
            return this;
        }

        /** Sets {@link BatcherStats#batches}. */
        public Builder batches(long batches) {
            this.batches = batches;
            return this;
        }

        /** Sets {@link BatcherStats#consecutiveFailures}. */
        public Builder consecutiveFailures(int consecutiveFailures) {
            this.consecutiveFailures = consecutiveFailures;
            return this;
        }

        /** Sets {@link BatcherStats#oldestAge}. */
        public Builder oldestAge(Duration oldestAge) {
            this.oldestAge = Objects.requireNonNull(oldestAge, "oldestAge");
            return this;
        }

        /** Sets {@link BatcherStats#throttled}. */
        public Builder throttled(long throttled) {
            this.throttled = throttled;
            return this;
        }

        /** Sets {@link BatcherStats#restingFor}. */
        public Builder restingFor(Duration restingFor) {
            this.restingFor = Objects.requireNonNull(restingFor, "restingFor");
            return this;
        }

        /** Creates the snapshot. */
        public BatcherStats build() {
            return new BatcherStats(this);
        }
    }
}
