/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.RoomQueue;
import io.batcher.store.StoreCount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The room of the store, and the calls that wait for it, first come first served. What is stored is the last count, with what this process
 * has added and settled since. Guarded by the batcher's lock.
 */
public final class StoreRoom<T> {

    private final int capacity;
    private final boolean isShared;
    private final RoomQueue<T> waiting = new RoomQueue<>();

    /** How many items are stored, as far as is known; below zero for a moment if what is being added is already settled. */
    private long stored;

    /** What is being added and not yet stored. */
    private long reserved;

    private long accepted;
    private long changes;

    /** When the oldest item was stored, by the last count; null if none was. */
    private @Nullable Long oldestStoredAt;

    private long countedAt;

    /** The object that the store has answered with last, and {@link #accepted} before it was asked. */
    private @Nullable StoreCount lastCount;

    private long lastAcceptedBefore;

    private boolean settledSinceCount;

    public StoreRoom(int capacity, boolean isShared, StoreCount found, long now) {
        this.capacity = capacity;
        this.isShared = isShared;
        this.accepted = isShared ? 0 : found.items();
        this.stored = found.items();
        counted(found, accepted, now);
    }

    // ---- adding

    /** Reserves room for all items of a call or none. Returns false if there is none, or another call has waited longer. */
    public boolean reserve(AddRequest<T> call) {
        AddRequest<T> longest = waiting.first();
        if ((longest != null && longest != call) || call.size() > capacity - Math.max(0, stored) - reserved) {
            return false;
        }
        reserved += call.size();
        changes++;
        return true;
    }

    public void await(AddRequest<T> call) {
        waiting.add(call);
    }

    public void withdraw(AddRequest<T> call) {
        waiting.remove(call);
    }

    /** Reserves room for the call that has waited longest and returns it; null if there is none, or no call waits. */
    public @Nullable AddRequest<T> admitNext() {
        AddRequest<T> next = waiting.first();
        if (next == null || !reserve(next)) {
            return null;
        }
        waiting.admit(next);
        return next;
    }

    public boolean isWanted() {
        return !waiting.isEmpty();
    }

    /** Records that reserved room is filled. */
    public void added(int items, long now) {
        reserved -= items;
        appended(items, now);
    }

    /** Records that items were stored without a reservation. */
    public void appended(int items, long now) {
        if (items > 0 && stored <= 0) { // as far as is known they are the oldest
            oldestStoredAt = now;
            settledSinceCount = false;
        }
        stored += items;
        accepted += items;
        changes++;
    }

    /** Gives back reserved room, because the items were not stored. */
    public void notAdded(int items) {
        reserved -= items;
    }

    /** Records that items have left the store. */
    public void settled(int items) {
        stored -= items;
        changes++;
        settledSinceCount = true;
    }

    /** Rejects the calls that wait, because the batcher is closed. */
    public List<AddRequest<T>> close() {
        return waiting.close();
    }

    // ---- counting

    /**
     * Records what the store has counted.
     *
     * <p>What this process has added since the store was asked may be missing in the count, and is added to it: capacity is kept, not used up.
     * A store that answers with an earlier count returns the same object; what has changed since then is known already.
     *
     * @param acceptedBefore how many items this process had {@linkplain #accepted accepted} before the store was asked
     */
    public void counted(StoreCount count, long acceptedBefore, long now) {
        if (count == lastCount) {
            stored += isShared ? Math.max(0, lastAcceptedBefore - acceptedBefore) : 0; // asked by two threads at once
            lastAcceptedBefore = Math.min(lastAcceptedBefore, acceptedBefore);
            return;
        }
        lastCount = count;
        lastAcceptedBefore = acceptedBefore;
        stored = isShared ? count.items() + accepted - acceptedBefore : stored;
        oldestStoredAt =
                count.items() == 0 ? null : (Long) (now - count.oldestAge().toNanos());
        countedAt = now;
        settledSinceCount = false;
    }

    /**
     * Records how many items a store that is not shared really has: some were damaged, or the answer to an append was lost.
     *
     * @param changesBefore the {@link #changes} before it counted
     * @return false if something was added or settled meanwhile: then it has to count again
     */
    public boolean correct(StoreCount count, long changesBefore, long now) {
        if (changes != changesBefore || reserved > 0) {
            return false;
        }
        stored = count.items();
        counted(count, accepted, now);
        return true;
    }

    /** Returns how often what is stored has changed. */
    public long changes() {
        return changes;
    }

    /** Whether there is room for so many items now. */
    public boolean fits(int items) {
        return waiting.isEmpty() && items <= capacity - Math.max(0, stored) - reserved;
    }

    public long countedAt() {
        return countedAt;
    }

    public boolean isShared() {
        return isShared;
    }

    // ---- facts

    public int depth() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, stored));
    }

    /** Returns how many items were accepted, including those that a store of one process had at the start. */
    public long accepted() {
        return accepted;
    }

    /** Returns the age of the oldest item in nanoseconds, at least that of those in lanes. */
    public long oldestAge(long inLanes, long now) {
        if (depth() == 0 || oldestStoredAt == null || settledSinceCount) {
            return depth() == 0 ? 0 : inLanes;
        }
        return Math.max(inLanes, now - oldestStoredAt);
    }
}
