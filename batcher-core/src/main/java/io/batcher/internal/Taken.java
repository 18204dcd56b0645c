/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Items that were taken from the {@link Intake}, still in their chunks. Taken under the batcher's lock; read after it, by one
 * thread, because reading may have to wait for a producer that has claimed a slot and not yet filled it.
 */
final class Taken<T> {

    /**
     * A run of slots of one chunk.
     *
     * @param whole whether the chunk never held or will hold anything else
     */
    private record Run<T>(Chunk<T> chunk, int from, int count, boolean whole) {}

    private final long firstSequence;
    private final List<Run<T>> runs = new ArrayList<>(1);
    private int size;
    private long addedAt;

    Taken(long firstSequence) {
        this.firstSequence = firstSequence;
    }

    /** Takes the next slots of a chunk. Guarded by the batcher's lock. */
    void add(Chunk<T> chunk, int count, boolean retired) {
        if (runs.isEmpty()) {
            addedAt = chunk.openedAt();
        }
        int from = chunk.taken();
        runs.add(new Run<>(chunk, from, count, retired && from == 0 && count == chunk.claimed()));
        chunk.take(count);
        size += count;
    }

    int size() {
        return size;
    }

    /** The sequence number of the first item; the others follow without a gap. */
    long firstSequence() {
        return firstSequence;
    }

    /** When the first item was added, in nanoseconds of the batcher's clock. */
    long addedAt() {
        return addedAt;
    }

    /** The items, for one who owns them from now on: the array of the chunk itself where the items are all it holds. */
    Items<T> items() {
        // A short batch in a long chunk is copied: whoever keeps the batch would keep the chunk.
        if (runs.size() == 1
                && runs.get(0).whole()
                && 2 * size > runs.get(0).chunk().slots().length) {
            return uncopied(runs.get(0).chunk());
        }
        return copied();
    }

    private Items<T> uncopied(Chunk<T> chunk) {
        for (int slot = 0; slot < size; slot++) {
            chunk.get(slot);
        }
        return new Items<>(chunk.slots(), chunk.futures(), size);
    }

    private Items<T> copied() {
        Object[] items = new Object[size];
        CompletableFuture<Void> @Nullable [] futures = null;
        int next = 0;
        for (Run<T> run : runs) {
            Chunk<T> chunk = run.chunk();
            for (int slot = run.from(); slot < run.from() + run.count(); slot++) {
                items[next] = chunk.get(slot);
                CompletableFuture<Void> future = chunk.future(slot);
                if (future != null) {
                    futures = futures == null ? Items.futures(size) : futures;
                    futures[next] = future;
                }
                chunk.clear(slot);
                next++;
            }
        }
        return new Items<>(items, futures, size);
    }
}
