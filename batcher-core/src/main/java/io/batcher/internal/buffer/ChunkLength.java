/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

/** The rule for the length of a new chunk, of items without weight: as many slots as will be filled, as far as that can be told. */
final class ChunkLength {

    /**
     * The longest chunk that is created only because the last batch was as long. Bounds the memory that a single item after a large batch
     * may take.
     */
    private static final int MAX_GUESSED = 4_096;

    private ChunkLength() {}

    /**
     * Returns the length.
     *
     * @param adding how many items of one call are left to add
     * @param waiting how many items wait already
     * @param lastBatch the size of the last batch: under a steady load one chunk makes one batch
     */
    static int of(int adding, int waiting, int lastBatch, int maxBatchSize) {
        int inBatch = waiting % maxBatchSize;
        int guess = Math.min(lastBatch, MAX_GUESSED);
        if (waiting > 0 && inBatch == 0) {
            guess = maxBatchSize; // a full batch is waiting, so the next one will be full too
        }
        return Math.min(Math.max(adding, Math.max(guess, inBatch)), maxBatchSize - inBatch);
    }
}
