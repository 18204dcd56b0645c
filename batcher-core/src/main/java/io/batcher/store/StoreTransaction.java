/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.List;
import java.util.function.Consumer;

/**
 * A transaction of the application that a store takes part in. Valid on the thread that asked for it, until the transaction ends. What
 * its methods do takes effect with the commit, and never happened after a rollback.
 */
public interface StoreTransaction {

    /** How a transaction ended. */
    enum Outcome {
        /** Its changes are durable. */
        COMMITTED,
        /** Nothing of it happened. */
        ROLLED_BACK,
        /** The answer to the commit was lost. */
        UNKNOWN
    }

    /** Appends items, as {@link StoreSession#append} does. */
    List<Position> append(List<NewItem> items);

    /**
     * Holds the ownership of a partition until the transaction ends: no other process can acquire it meanwhile.
     *
     * @throws PartitionLostException if another process owns it; the transaction has to be rolled back
     */
    void lock(Partition partition);

    /**
     * Records an outcome, as {@link Partition#settle} does. After a rollback or an unknown outcome the partition still expects the
     * record that was there before.
     *
     * @throws io.batcher.BatcherStoreException if the store does not answer; nothing of the transaction counts as an attempt then
     * @throws IllegalStateException if the transaction has failed before, and can only be rolled back
     */
    void settle(Partition partition, Settlement settlement);

    /** Calls back once, after the transaction has ended, on the thread that ends it. */
    void afterCompletion(Consumer<Outcome> callback);
}
