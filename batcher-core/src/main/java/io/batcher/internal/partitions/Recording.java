/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.store.Settlement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An outcome that the store has to record before it counts.
 *
 * @param settlement what is recorded; null if nothing is left to record
 * @param handled the batches that were handled
 * @param letters what was given up
 * @param ended the attempt
 */
public record Recording<T>(
        @Nullable Settlement settlement,
        List<FrozenBatch<T>> handled,
        List<GivenUp<T>> letters,
        EndedAttempt<T> ended) {

    /** Returns how many items leave the store. */
    public int settledItems() {
        return handledItems() + deadItems();
    }

    public int handledItems() {
        return handled.stream().mapToInt(FrozenBatch::size).sum();
    }

    public int deadItems() {
        return refusedItems()
                + letters.stream().mapToInt(letter -> letter.batch().size()).sum();
    }

    /** Returns how many items the codec has refused. */
    public int refusedItems() {
        return ended.refused().size();
    }
}
