/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Items that were taken from the {@link ItemBuffer}, still in their chunks. Taken under the batcher's lock; read after it, by one
 * thread, because reading may have to wait for a producer that has claimed a slot and not yet filled it.
 */
public final class ChunkSlice<T> {

    /**
     * A run of slots of one chunk.
     *
     * @param whole whether the chunk never held or will hold anything else
     */
    private record Run<T>(Chunk<T> chunk, int from, int count, boolean whole) {}

    private final long firstSequence;

    /** The first run; most batches have one only. */
    private @Nullable Run<T> first;

    private List<Run<T>> others = List.of();
    private int size;
    private long addedAt;

    ChunkSlice(long firstSequence) {
        this.firstSequence = firstSequence;
    }

    /** Adds the next slots of a chunk, which are not taken from it yet. Guarded by the batcher's lock. */
    void add(Chunk<T> chunk, int count, boolean retired) {
        int from = chunk.taken();
        Run<T> run = new Run<>(chunk, from, count, retired && from == 0 && count == chunk.claimed());
        if (first == null) {
            first = run;
            addedAt = chunk.openedAt();
        } else {
            others = others.isEmpty() ? new ArrayList<>() : others;
            others.add(run);
        }
        size += count;
    }

    public int size() {
        return size;
    }

    /** The sequence number of the first item; the others follow without a gap. */
    public long firstSequence() {
        return firstSequence;
    }

    /** When the first item was added, in nanoseconds of the batcher's clock. */
    public long addedAt() {
        return addedAt;
    }

    /**
     * Returns behind which items a weighed batch ends, ascending, the last one excluded; null if nowhere. Guarded by the batcher's lock.
     */
    public int @Nullable [] batchEnds() {
        int[] ends = new int[others.size()];
        int count = 0;
        int at = 0;
        Run<T> run = Objects.requireNonNull(first);
        for (Run<T> next : others) {
            at += run.count();
            if (run.chunk().end() != null) {
                ends[count++] = at;
            }
            run = next;
        }
        return count == 0 ? null : Arrays.copyOf(ends, count);
    }

    /** The items, for one who owns them from now on: the array of the chunk itself where the items are all it holds. */
    public Items<T> items() {
        // A short batch in a long chunk is copied: whoever keeps the batch would keep the chunk.
        Run<T> only = others.isEmpty() ? first : null;
        if (only != null && only.whole() && 2 * size > only.chunk().slots().length) {
            return uncopied(only.chunk());
        }
        return copied();
    }

    private Items<T> uncopied(Chunk<T> chunk) {
        for (int slot = 0; slot < size; slot++) {
            chunk.get(slot);
        }
        return new Items<>(chunk.slots(), chunk.futures(), size);
    }

    /** What takes memory comes first: a slot that is copied is cleared, and could not be copied again. */
    private Items<T> copied() {
        Items<T> copy = new Items<>(new Object[size], hasFutures() ? Items.futures(size) : null, size);
        if (first != null) {
            copy(first, copy, 0);
            int next = first.count();
            for (Run<T> run : others) {
                copy(run, copy, next);
                next += run.count();
            }
        }
        return copy;
    }

    /** Whether an item may have a future. A producer makes room for them before it claims a slot. */
    private boolean hasFutures() {
        return (first != null && first.chunk().futures() != null)
                || others.stream().anyMatch(run -> run.chunk().futures() != null);
    }

    private static <T> void copy(Run<T> run, Items<T> to, int at) {
        Chunk<T> chunk = run.chunk();
        CompletableFuture<Void>[] futures = to.futures();
        for (int i = 0; i < run.count(); i++) {
            int slot = run.from() + i;
            to.array()[at + i] = chunk.get(slot);
            if (futures != null) {
                futures[at + i] = chunk.future(slot);
            }
            chunk.clear(slot);
        }
    }
}
