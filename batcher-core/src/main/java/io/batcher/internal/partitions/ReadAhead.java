/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.lanes.Unread;
import io.batcher.store.DeadItem;
import io.batcher.store.StoredItem;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a lane reads of its partition ahead of the attempts, and whether there may be more to read. Guarded by the batcher's lock, except where
 * stated; {@link #items} is used by the run that serves the lane only.
 */
public final class ReadAhead<T> implements Unread {

    private static final int BATCHES_AHEAD = 2;
    private static final long BYTES_AHEAD = 16 << 20;

    private final ItemBuffer<T> buffer;
    private final int maxBatchSize;
    private final int mostAhead;
    private final StoreWait wait;
    private final StoredItemIndex items = new StoredItemIndex();

    private List<DeadItem> refused = List.of();
    private List<DeadItem> undecided = List.of();
    private int refusedInARow;

    /** Whether nothing behind what was read can be read in this process. */
    private boolean atEnd;

    private long notBefore;

    /** Whether there may be items behind those that were read. Set by any thread, reset before a read. */
    private volatile boolean available;

    private long availableSince;

    /** Whether the last read returned as many as it asked for. */
    private boolean backlog;

    /** How many items this process has added since the last read. Changed by any thread. */
    private final AtomicInteger added = new AtomicInteger();

    /** How many of them make a full batch with those that wait. */
    private volatile int lacking;

    ReadAhead(ItemBuffer<T> buffer, int maxBatchSize, StoreWait wait, long now) {
        this.buffer = buffer;
        this.maxBatchSize = maxBatchSize;
        this.mostAhead = (int) Math.min(Integer.MAX_VALUE, (long) BATCHES_AHEAD * maxBatchSize);
        this.wait = wait;
        this.lacking = maxBatchSize;
        this.notBefore = now;
    }

    StoredItemIndex items() {
        return items;
    }

    // ---- any thread, no lock

    /** Records that there may be items to read. Returns whether the lane has to be filed again. */
    public boolean mayBecomeAvailable() {
        return !available;
    }

    /** Records that this process has added items. Returns whether the lane has to be filed again. */
    public boolean added(int count) {
        int sum = added.addAndGet(count);
        return !available || (sum >= lacking && sum - count < lacking);
    }

    // ---- whether there is more

    /** Records that there may be items to read. */
    public void becomeAvailable(long now) {
        if (!available) {
            available = true;
            availableSince = now;
        }
    }

    /** Records that there are more items than one read returns, as far as is known. */
    void becomeFull(long now) {
        becomeAvailable(now);
        backlog = true;
    }

    boolean isAvailable() {
        return available;
    }

    @Override
    public long availableSince() {
        return availableSince;
    }

    @Override
    public boolean hasMore() {
        return available && !atEnd && buffer.waiting() < mostAhead && items.bytes() < BYTES_AHEAD;
    }

    @Override
    public boolean isBeyondMemory() {
        return available && items.bytes() >= BYTES_AHEAD;
    }

    @Override
    public boolean hasFullBatch() {
        return backlog || buffer.waiting() + added.get() >= maxBatchSize;
    }

    /** Whether nothing behind what was read can be read in this process. */
    boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public long notBefore() {
        return notBefore;
    }

    // ---- a read

    void begin() {
        available = false; // before the read: what comes during it sets it again
        backlog = false;
        added.set(0);
    }

    /** Returns how many items are read at most. Only by the run that serves the lane. */
    public int most() {
        return Math.max(1, mostAhead - buffer.waiting());
    }

    /** Returns how many bytes are read at most. Only by the run that serves the lane. */
    public long mostBytes() {
        return Math.max(1, BYTES_AHEAD - items.bytes());
    }

    /** Returns refused items of which the next reading decides whether they are moved. */
    public List<DeadItem> undecided() {
        return undecided;
    }

    /** Returns refused items that are to be moved to the dead letters. Only by the run that serves the lane, if that is its store action. */
    public List<DeadItem> refused() {
        return refused;
    }

    public int refusedInARow() {
        return refusedInARow;
    }

    /**
     * Adds what was read.
     *
     * @param full whether there may be more behind it
     */
    void add(DecodedItems<T> reading, boolean full, long now) {
        refused = reading.refused();
        undecided = reading.undecided();
        refusedInARow = reading.inARow();
        atEnd |= reading.stop() != null;
        append(reading, now);
        if (full) {
            becomeFull(now);
        }
        countLacking();
    }

    /** The items were added to the batcher when they were stored. */
    void append(DecodedItems<T> reading, long now) {
        List<StoredItem> stored = reading.stored();
        if (!stored.isEmpty()) {
            if (!buffer.append(reading.items(), now - stored.get(0).age().toNanos())) {
                throw new IllegalStateException("the buffer of a lane took no items");
            }
            stored.forEach(items::add);
        }
    }

    /** Puts the reading off, because the store has failed. */
    void failed(long now) {
        becomeAvailable(now);
        notBefore = now + wait.next();
    }

    /** Records that refused items were moved to the dead letters. Returns them. */
    List<DeadItem> wereSetAside() {
        List<DeadItem> moved = refused;
        refused = List.of();
        return moved;
    }

    /** Notes how many items make a full batch with those that wait, after that number has changed. */
    void countLacking() {
        lacking = Math.max(1, maxBatchSize - buffer.waiting());
    }
}
