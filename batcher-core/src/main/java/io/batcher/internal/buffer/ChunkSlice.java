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
 * Items that were taken from the buffer and are still in their chunks. Created under the batcher's lock and read outside it, by one
 * thread: reading may wait for a producer that has claimed a slot and not yet filled it.
 */
public final class ChunkSlice<T> {

    /**
     * A run of slots of one chunk.
     *
     * @param whole whether the chunk holds nothing else, before or after
     */
    private record Run<T>(Chunk<T> chunk, int from, int count, boolean whole) {}

    private final long firstSequence;

    /** The first run. Most batches have no other. */
    private @Nullable Run<T> first;

    private List<Run<T>> others = List.of();
    private int size;
    private long addedAt;

    ChunkSlice(long firstSequence) {
        this.firstSequence = firstSequence;
    }

    /** Adds the next slots of a chunk, before they are taken from it. Guarded by the batcher's lock. */
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

    /** Returns the sequence number of the first item. The others follow without a gap. */
    public long firstSequence() {
        return firstSequence;
    }

    /** Returns when the first item was added, in nanoseconds of the batcher's clock. */
    public long addedAt() {
        return addedAt;
    }

    /**
     * Returns the indexes behind which weighed batches end, ascending and without the end of the slice; null if there are none. Guarded by
     * the batcher's lock.
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

    /** Returns the items: the array of the chunk itself if they are all it holds, otherwise a copy. Called once. */
    public Items<T> items() {
        // A short batch in a long chunk is copied: otherwise a reference to the batch would keep the chunk in memory.
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

    /** Allocates first: a slot that is copied is cleared and could not be copied again after an error. */
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

    /** Returns whether an item may have a future. Producers allocate the array of futures before they claim a slot. */
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
