/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.state.AdmitResult.Outcome;
import java.util.ArrayList;
import java.util.List;

/** What becomes of items that found no slot: admitted, kept waiting, rejected or dropped. Guarded by the batcher's lock. */
final class OverflowRule<T> {

    private final BatcherConfig<T> config;
    private final Lanes<T> lanes;
    private final Counters counters;

    OverflowRule(BatcherConfig<T> config, Lanes<T> lanes, Counters counters) {
        this.config = config;
        this.lanes = lanes;
        this.counters = counters;
    }

    /**
     * Admits items, or applies the overflow policy. What was evicted for them has made room for others too.
     *
     * @param mayWait whether the call waits for room rather than be rejected
     * @param mayDrop whether a DROP policy applies; else the call is rejected
     */
    AdmitResult<T> admit(AddRequest<T> request, boolean mayWait, boolean mayDrop, long now) {
        if (request.size() == 0 || lanes.append(request, now)) {
            return AdmitResult.of(Outcome.ACCEPTED);
        }
        if (mayWait) {
            lanes.await(request, now);
            return AdmitResult.of(Outcome.WAITING);
        }
        return switch (mayDrop ? config.overflow() : Overflow.REJECT) {
            case REJECT, BLOCK -> {
                counters.rejected += request.size();
                yield AdmitResult.of(Outcome.FULL);
            }
            case DROP_NEWEST -> drop(request);
            case DROP_OLDEST -> lanes.couldHold(request) ? dropOlder(request, now) : drop(request);
        };
    }

    private AdmitResult<T> drop(AddRequest<T> request) {
        counters.dropped += request.size();
        counters.droppedOnArrival += request.size();
        return AdmitResult.of(Outcome.DROPPED);
    }

    /** Evicts until the items are in the buffer: producers may claim a slot that was just made free. */
    private AdmitResult<T> dropOlder(AddRequest<T> request, long now) {
        List<ChunkSlice<T>> evicted = new ArrayList<>(1);
        do {
            ChunkSlice<T> slice = lanes.evict(request, now);
            counters.dropped += slice.size();
            evicted.add(slice);
        } while (!lanes.append(request, now));
        return AdmitResult.afterEviction(evicted);
    }

    /** Rejects a call that waits for room. Returns false if it does not wait any more. */
    boolean withdraw(AddRequest<T> request) {
        boolean waits = request.outcome() == AddRequest.Outcome.WAITING;
        if (waits) {
            lanes.withdraw(request);
            counters.rejected += request.size();
        }
        return waits;
    }
}
