/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of {@link BatcherStats}, each described at the accessor of the same name. */
final class StatsValues implements Cloneable {

    BatcherState state = BatcherState.RUNNING;
    int depth;
    int inFlight;
    int capacity;
    long accepted;
    long handled;
    long failedAttempts;
    long rejected;
    long dropped;
    long deadLettered;
    long handedBack;
    long batches;
    int consecutiveFailures;
    Duration oldestAge = Duration.ZERO;
    long throttled;
    Duration restingFor = Duration.ZERO;
    int lanes;
    int stoppedPartitions;
    long fenced;

    @Nullable String storeFailure;

    StatsValues copy() {
        try {
            return (StatsValues) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    Map<String, @Nullable Object> byName() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
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
        values.put("lanes", lanes);
        values.put("stoppedPartitions", stoppedPartitions);
        values.put("fenced", fenced);
        values.put("storeFailure", storeFailure);
        return values;
    }
}
