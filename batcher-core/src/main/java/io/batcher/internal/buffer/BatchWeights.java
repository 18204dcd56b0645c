/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import org.jspecify.annotations.Nullable;

/** Where batches of weighed items end: the rule, and what has come since the last end. Guarded by the batcher's lock. */
public final class BatchWeights<T> {

    private final int maxBatchSize;
    private final long maxBatchWeight;

    /** Number and weight of the items that wait behind the last end. */
    private int count;

    private long weight;

    /** How many waiting chunks end a batch. */
    private int ends;

    BatchWeights(BatcherConfig<T> config) {
        this.maxBatchSize = config.maxBatchSize();
        this.maxBatchWeight = config.maxBatchWeight();
    }

    int count() {
        return count;
    }

    /** How many items of this weight the batch still takes, at least the one that is about to be added. */
    int fitting(long itsWeight) {
        long most = itsWeight == 0 ? Long.MAX_VALUE : Math.max(1, (maxBatchWeight - weight) / itsWeight);
        return (int) Math.min(most, maxBatchSize - count);
    }

    /** Whether the batch ends before an item of this weight, because both were too heavy together. */
    boolean endBefore(long next) {
        return count > 0 && next > maxBatchWeight - weight;
    }

    /** An item was added. Returns why the batch ends with it; null if it does not. */
    @Nullable FlushReason added(long itsWeight) {
        count++;
        weight += itsWeight;
        return weight >= maxBatchWeight ? FlushReason.WEIGHT : count == maxBatchSize ? FlushReason.SIZE : null;
    }

    /** A batch ends with the last item of the chunk. */
    void end(Chunk<T> chunk, FlushReason reason) {
        chunk.endBatch(reason);
        ends++;
        count = 0;
        weight = 0;
    }

    /** The next items of the first chunk are about to be taken. */
    void take(Chunk<T> first, int items) {
        if (ends == 0) {
            count -= items;
            for (int i = 0; i < items; i++) {
                weight -= first.weight(first.taken() + i);
            }
        }
    }

    /** The first chunk was taken, all of it. */
    void removed(Chunk<T> first) {
        ends -= first.end() == null ? 0 : 1;
    }

    /** Why the next batch is as large or as heavy as it may be; null if it is not. */
    @Nullable FlushReason full(@Nullable Chunk<T> first) {
        Chunk<T> chunk = ends == 0 ? null : first;
        while (chunk != null && chunk.end() == null) {
            chunk = chunk.next();
        }
        return chunk == null ? null : chunk.end();
    }
}
