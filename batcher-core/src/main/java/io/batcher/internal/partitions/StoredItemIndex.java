/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.store.BatchRecord;
import io.batcher.store.StoredItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which stored item an item of a lane is, by its sequence number. Used by the run that serves the lane, one after the other.
 */
final class StoredItemIndex {

    private static final int FIRST_LENGTH = 16;

    /** A ring: its length is a power of two, and a sequence number's low bits are its index. */
    private @Nullable StoredItem[] slots = new StoredItem[FIRST_LENGTH];

    /** Sequence numbers from {@code first} to before {@code next} may have an item. */
    private long first;

    private long next;
    private long bytes;

    /** Adds the item with the next sequence number. */
    void add(StoredItem item) {
        if (next - first == slots.length) {
            grow();
        }
        slots[index(next++)] = item;
        bytes += item.payload().length;
    }

    private void grow() {
        @Nullable StoredItem[] longer = new StoredItem[2 * slots.length];
        for (long sequence = first; sequence < next; sequence++) {
            longer[(int) (sequence & (longer.length - 1))] = slots[index(sequence)];
        }
        slots = longer;
    }

    private int index(long sequence) {
        return (int) (sequence & (slots.length - 1));
    }

    List<StoredItem> of(FrozenBatch<?> batch) {
        List<StoredItem> items = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            items.add(Objects.requireNonNull(slots[index(batch.sequence(i))]));
        }
        return items;
    }

    /**
     * Returns what the store has to know of a batch.
     *
     * @param retryIn the delay until its next attempt; null if that begins now
     */
    BatchRecord record(FrozenBatch<?> batch, @Nullable Duration retryIn) {
        int attempt = Math.max(1, batch.attempts()); // see BatchRecord.isTakenBack
        return new BatchRecord(batch.id(), of(batch), attempt, batch.countedAttempts(), retryIn);
    }

    /** Forgets items that were settled. */
    void remove(FrozenBatch<?> batch) {
        for (int i = 0; i < batch.size(); i++) {
            int at = index(batch.sequence(i));
            bytes -= Objects.requireNonNull(slots[at]).payload().length;
            slots[at] = null;
        }
        while (first < next && slots[index(first)] == null) {
            first++;
        }
        if (first == next && slots.length > FIRST_LENGTH) {
            Arrays.fill(slots, null);
        }
    }

    /** Returns how many bytes of payload the items have. */
    long bytes() {
        return bytes;
    }
}
