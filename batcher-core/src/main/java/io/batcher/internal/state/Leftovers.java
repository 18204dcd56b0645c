/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.FlushReason;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.RetryQueue;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.Lanes;
import java.util.ArrayList;
import java.util.List;

/** Takes out of the lanes what close hands back, because it is neither handled nor given up. Made when close ends. Guarded by the batcher's lock. */
final class Leftovers<T> {

    private final BatchIds ids;
    private final Counters counters;

    Leftovers(BatchIds ids, Counters counters) {
        this.ids = ids;
        this.counters = counters;
    }

    /** What is left in a lane: batches, the last of which is what waits. */
    private record Left<T>(Lane<T> lane, List<FrozenBatch<T>> batches, ChunkSlice<T> waiting) {}

    /**
     * Takes out everything that was accepted and is not settled, except letters that the callback has now; lane by lane, and in order
     * within each, although parts of one batch may alternate with parts of another.
     */
    List<FrozenBatch<T>> handBack(Lanes<T> lanes) {
        // Allocation comes before any change: an error up to there leaves everything in place.
        List<Left<T>> leftByLane = new ArrayList<>();
        List<FrozenBatch<T>> left = new ArrayList<>();
        lanes.forEach(lane -> {
            Left<T> leftInLane = left(lane);
            leftByLane.add(leftInLane);
            left.addAll(leftInLane.batches());
        });

        for (Left<T> leftInLane : leftByLane) {
            Lane<T> lane = leftInLane.lane();
            int items = 0;
            for (FrozenBatch<T> batch : leftInLane.batches()) {
                items += batch.size();
            }
            lane.buffer().takeRemaining(leftInLane.waiting());
            counters.handedBack += items;
            lane.buffer().release(items);
            RetryQueue<T> retries = lane.retriesIfAny();
            if (retries != null) {
                retries.clear();
            }
            lane.clearNeverReturning();
        }
        return left;
    }

    private Left<T> left(Lane<T> lane) {
        ChunkSlice<T> waiting = lane.buffer().lookAtRemaining();
        RetryQueue<T> retries = lane.retriesIfAny();
        List<FrozenBatch<T>> left = retries == null ? new ArrayList<>() : retries.toHandBack();
        left.addAll(lane.neverReturning());
        FrozenBatch<T> inFlight = lane.inFlightOutsideBisection();
        if (inFlight != null) {
            left.add(inFlight);
        }
        if (waiting.size() > 0) {
            left.add(new FrozenBatch<>(lane, ids.next(), waiting, FlushReason.CLOSE, waiting.batchEnds()));
        }
        left.sort((one, other) -> Long.compare(one.firstSequence(), other.firstSequence()));
        return new Left<>(lane, left, waiting);
    }
}
