/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import org.jspecify.annotations.Nullable;

/**
 * The chunks that hold waiting items, in order, and the room that they reserve. Items may be added to the last chunk only, while it is
 * {@linkplain #open() open}. The queue is linked through the chunks, so adding one allocates nothing and cannot fail. Guarded by the
 * batcher's lock.
 */
final class ChunkQueue<T> {

    private final Capacity capacity;

    private @Nullable Chunk<T> first;
    private @Nullable Chunk<T> last;
    private @Nullable Chunk<T> open;

    /** Slots ever claimed in chunks that are no longer open. */
    private long claimedBefore;

    ChunkQueue(Capacity capacity) {
        this.capacity = capacity;
    }

    @Nullable Chunk<T> first() {
        return first;
    }

    @Nullable Chunk<T> last() {
        return last;
    }

    /** Returns the last chunk while items may be added to it; null if the next item needs a new chunk. */
    @Nullable Chunk<T> open() {
        return open;
    }

    /** Adds a chunk as the open one and reserves its slots. */
    void open(Chunk<T> chunk, int slots) {
        Chunk<T> before = last;
        if (before == null) {
            first = chunk;
        } else {
            before.next(chunk);
        }
        last = chunk;
        open = chunk;
        capacity.reserve(slots);
    }

    /** Takes back the unclaimed slots of the open chunk, which stays open and may grow again. */
    void shutOpen() {
        if (open != null) {
            capacity.release(open.shut());
        }
    }

    /** Closes the open chunk: no more slots are claimed in it. */
    void retireOpen() {
        Chunk<T> chunk = open;
        if (chunk != null) {
            int lowered = chunk.shut();
            int claimed = chunk.claimed();
            // Nothing below can throw, so all of it happens or none of it.
            open = null;
            capacity.release(lowered);
            claimedBefore += claimed;
        }
    }

    /** Removes the first chunk. */
    void removeFirst() {
        Chunk<T> removed = first;
        if (removed != null) {
            first = removed.next();
            removed.next(null); // otherwise an old chunk keeps younger ones from being collected
            if (first == null) {
                last = null;
            }
        }
    }

    /** Reserves room; {@link #free} says how much there is. */
    void reserve(int slots) {
        capacity.reserve(slots);
    }

    void release(int slots) {
        capacity.release(slots);
    }

    /** Returns how many more slots may be reserved. */
    int free() {
        return capacity.free();
    }

    /** Returns how many reserved slots of the open chunk are not claimed. */
    int unclaimed() {
        return open == null ? 0 : Chunk.unclaimed(open.snapshot());
    }

    /** Returns how many slots were ever claimed. Producers raise the number without the lock. */
    long claimed() {
        return claimedBefore + (open == null ? 0 : open.claimed());
    }
}
