/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import io.batcher.BatcherStoreException;
import java.util.List;
import java.util.Optional;

/**
 * A partition that this process owns: a sequence of stored items, a batch recorded at its head, and a cursor behind what was handed
 * out. Every partition that {@link PartitionListener#gained} hands over ends with {@link #release}, also one that was lost; until then
 * this process does not acquire it again.
 *
 * <p>Thread-safe. At most one {@code begin}, {@code settle} or {@code moveToDeadLetters} runs at a time; {@code next} may run beside it. Each
 * can be repeated after it failed: it sets absolute values, so repeating what had taken effect changes nothing.
 *
 * <p>All methods but {@code release} throw {@link PartitionLostException} once another process owns the partition, and
 * {@link BatcherStoreException} if the store fails.
 */
public interface Partition {

    /** Returns the number, from 0. */
    int number();

    /**
     * Returns the batch that the last attempt was made with, if its outcome has not settled all of it. Asked once, before
     * {@link #next}; a call that failed can be repeated. Items that are damaged were moved to the dead letters; the rest then has an
     * id of its own.
     */
    Optional<BatchRecord> recorded();

    /**
     * Returns the items behind the cursor, in order, and moves the cursor behind them. Empty if there are none now.
     *
     * @param maxItems the most items, at least 1
     * @param maxBytes the most bytes of payload in all; a first item is returned whatever its size
     */
    List<StoredItem> next(int maxItems, long maxBytes);

    /**
     * Returns whether the last {@link #next} may have left items behind for their number or their bytes. They are read then without
     * waiting to be {@link PartitionListener#available}.
     */
    default boolean hasMore() {
        return false;
    }

    /**
     * Records a batch before an attempt with it, in place of the recorded one, and renews the ownership. Items of an earlier record
     * that are not in this one stay stored, and stay behind the cursor.
     *
     * @param batch without {@link BatchRecord#retryIn}
     */
    void begin(BatchRecord batch);

    /** Records the outcome of an attempt in one transaction, and renews the ownership. */
    void settle(Settlement settlement);

    /**
     * Moves items to the dead letters that cannot be delivered, such as those that the codec refuses. The recorded batch stays as it
     * is and must not hold them.
     */
    void moveToDeadLetters(List<DeadItem> items);

    /** Gives the partition back, with its recorded batch. Never throws: what the store cannot be told now ends with the lease. Repeatable. */
    void release();

    /** Gives the partition back and does not acquire it again for a lease: this process cannot deliver what stands at its head. */
    void releaseForLease();
}
