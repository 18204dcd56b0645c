/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.partitions.PartitionLane;

/** What a run of the {@link FlushLoop} does in the store, if the items are in one. Without the lock. */
public interface StoreHooks<T> {

    /** Returns the handler to call with a batch: the user's, in a transaction if that is wanted. */
    Handler<T> handler(FrozenBatch<T> batch, Handler<T> users);

    /**
     * Records that an attempt begins. Returns false if it must not: because the store does not answer, and the attempt is made later; or
     * because another process owns the partition.
     */
    boolean begin(Attempt<T> attempt);

    /** Settles an attempt that has ended. */
    void settle(Attempt<T> attempt);

    /** Does what is due for a lane in the store. */
    void upkeep(PartitionLane<T> lane);
}
