/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

/** What the statistics say about all lanes. Guarded by the batcher's lock. */
public final class LaneTotals {

    private long claimed;
    private int depth;
    private int inFlight;
    private int consecutiveFailures;
    private long oldestAge;

    public void add(Lane<?> lane, long now) {
        long claimedInLane = lane.buffer().claimed(); // once: producers raise it at any moment
        claimed += claimedInLane;
        depth += lane.buffer().waiting(claimedInLane) + lane.buffer().unsettled();
        inFlight += lane.inFlightSize();
        consecutiveFailures = Math.max(consecutiveFailures, lane.consecutiveFailures());
        oldestAge = Math.max(oldestAge, lane.oldestAge(claimedInLane, now));
    }

    /** Returns how many items were accepted. */
    public long claimed() {
        return claimed;
    }

    public int depth() {
        return depth;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Returns the highest number of a lane. */
    public int consecutiveFailures() {
        return consecutiveFailures;
    }

    /** Returns the age of the oldest item in nanoseconds; 0 if there is none. */
    public long oldestAge() {
        return oldestAge;
    }
}
