/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherConfig;
import io.batcher.BatcherException;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.report.Refusals;
import java.util.List;

/**
 * What a transition decided on a request to add items.
 *
 * @param evicted what was dropped from the buffer to make room for them
 */
public record AdmitResult<T>(Outcome outcome, List<ChunkSlice<T>> evicted) {

    /** What became of the request. */
    public enum Outcome {
        /** Its items are in the buffer. */
        ACCEPTED,
        /** Its items were discarded, as a DROP policy wants. */
        DROPPED,
        /** It waits for room. */
        WAITING,
        /** It was rejected: the buffer is full. */
        FULL,
        /** It was rejected: the batcher is closed. */
        CLOSED;

        private final AdmitResult<?> withoutEviction = new AdmitResult<>(this, List.of());

        public void throwIfRejected(BatcherConfig<?> config) {
            if (this == FULL || this == CLOSED) {
                throw refusal(config);
            }
        }

        /** Returns why the items are not in the buffer. */
        public BatcherException refusal(BatcherConfig<?> config) {
            return this == CLOSED ? Refusals.closed(config, null) : Refusals.full(config);
        }
    }

    /** Returns a result without eviction; a constant, because it is made for each call that finds no slot. */
    @SuppressWarnings("unchecked") // it holds no slice
    static <T> AdmitResult<T> of(Outcome outcome) {
        return (AdmitResult<T>) outcome.withoutEviction;
    }

    static <T> AdmitResult<T> afterEviction(List<ChunkSlice<T>> evicted) {
        return new AdmitResult<>(Outcome.ACCEPTED, evicted);
    }
}
