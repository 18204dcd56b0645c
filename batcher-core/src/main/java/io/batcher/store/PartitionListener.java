/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

/**
 * Is told of the partitions that this process owns. Called on threads of the store, one call at a time for each partition. An
 * implementation returns quickly and calls nothing that blocks, the methods of {@link Partition} included.
 */
public interface PartitionListener {

    /** Stands for all partitions where the damaged one is not known. */
    int ALL = -1;

    /** This process owns a partition from now on. */
    void gained(Partition partition);

    /** Another process is to take over: finish the batch in hand, then release. */
    void revoked(Partition partition);

    /** Another process owns the partition: abandon it at once, then release. */
    void lost(Partition partition);

    /** {@link Partition#next} may have items. */
    void available(Partition partition);

    /**
     * Items of a partition were damaged or missing.
     *
     * @param partition its number, or {@link #ALL}
     * @param items how many; 0 if that is not known
     * @param what what was found and what was done, for the log
     */
    void damaged(int partition, long items, String what);
}
