/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.FlushReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds items that are limited by weight, and marks the chunk with which each batch ends. Every slot is claimed under the lock: whether an
 * item belongs to a batch depends on the weight of the items before it. Guarded by the batcher's lock.
 */
final class BatchWeights<T> {

    private final ChunkQueue<T> chunks;
    private final int maxBatchSize;
    private final long maxBatchWeight;

    // The waiting items behind the last end of a batch

    private int count;
    private long weight;

    /** How many chunks in the queue end a batch. */
    private int ends;

    BatchWeights(ChunkQueue<T> chunks, int maxBatchSize, long maxBatchWeight) {
        this.chunks = chunks;
        this.maxBatchSize = maxBatchSize;
        this.maxBatchWeight = maxBatchWeight;
    }

    /** Adds all items, or none if there is no room. */
    boolean append(AddRequest<T> call, long now) {
        if (call.size() > chunks.free()) {
            return false;
        }
        for (int i = 0; i < call.size(); i++) {
            append(call, i, now);
        }
        return true;
    }

    private void append(AddRequest<T> call, int index, long now) {
        long itemWeight = call.weight(index);
        if (count > 0 && itemWeight > maxBatchWeight - weight) {
            endBatch(Objects.requireNonNull(chunks.last()), FlushReason.WEIGHT);
        }
        Chunk<T> chunk = chunks.open();
        if (chunk == null || chunk.growth() == 0) {
            chunk = openChunk(itemWeight, now);
        }
        chunk.expect(call.future());
        int slot = chunk.claimed();
        chunk.claim(chunk.snapshot(), 1, 1);
        chunk.weigh(slot, itemWeight);
        chunks.reserve(1);
        chunk.put(slot, call.item(index), call.future());
        count++;
        weight += itemWeight;
        if (weight >= maxBatchWeight) {
            endBatch(chunk, FlushReason.WEIGHT);
        } else if (count == maxBatchSize) {
            endBatch(chunk, FlushReason.SIZE);
        }
    }

    /** As long as the part of the batch that is there, or shorter if the batch takes fewer items of this weight. */
    private Chunk<T> openChunk(long itemWeight, long now) {
        chunks.retireOpen();
        long fitting = itemWeight == 0 ? Long.MAX_VALUE : Math.max(1, (maxBatchWeight - weight) / itemWeight);
        int length = (int) Math.min(Math.max(Chunk.MIN_LENGTH, count), Math.min(fitting, maxBatchSize - count));
        Chunk<T> chunk = new Chunk<>(length, 0, 0, now, true);
        chunks.open(chunk, 0);
        return chunk;
    }

    private void endBatch(Chunk<T> chunk, FlushReason reason) {
        chunk.endBatch(reason);
        ends++;
        count = 0;
        weight = 0;
        chunks.retireOpen();
    }

    /** Called before the next items of the first chunk are taken. */
    void take(Chunk<T> chunk, int items) {
        if (ends == 0) {
            count -= items;
            for (int i = 0; i < items; i++) {
                weight -= chunk.weight(chunk.taken() + i);
            }
        } else if (chunk.end() != null && items == chunk.waiting()) {
            ends--;
        }
    }

    /** Returns why the next batch is as large or as heavy as it may be; null if it is not. */
    @Nullable FlushReason full() {
        Chunk<T> chunk = ends == 0 ? null : chunks.first();
        while (chunk != null && chunk.end() == null) {
            chunk = chunk.next();
        }
        return chunk == null ? null : chunk.end();
    }
}
