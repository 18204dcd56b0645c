/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.BatcherClock;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.Items;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way: frozen content, and what has become of it so far. The content is immutable; the rest is guarded by the
 * batcher's lock, and read by the flush loop, which alone changes it.
 */
public final class FrozenBatch<T> {

    private final BatchIds.BatchId id;
    private final int size;
    private final FlushReason reason;
    private final long addedAt;
    private final long firstSequence;

    /** Each item's distance from the first sequence number; null where they follow without a gap. */
    private final int @Nullable [] offsets;

    /** Where the items come from, until somebody asks for them; guarded by this object's monitor. */
    private @Nullable ChunkSlice<T> taken;

    /** The items, once somebody has asked for them; guarded by this object's monitor. */
    private @Nullable Items<T> items;

    /** {@link #addedAt} as time of day; set by the first attempt, on the flush loop. */
    private @Nullable Instant firstAddedAt;

    /** Behind which items batches end, where this is more than one; null if only their size says so. */
    private final int @Nullable [] batchEnds;

    // Mutable state

    /** Attempts made, and those of them that count towards the maximum. */
    private int attempts;

    private int counted;

    /** Whether a flush made the last attempt before its time: it does not count, and the retry that was due stays due. */
    private boolean early;

    /** Whether it would have been given up, were the poison not to be isolated. */
    private boolean exhausted;

    private @Nullable Throwable lastFailure;

    /** A batch of items that were taken just now. */
    public FrozenBatch(BatchIds.BatchId id, ChunkSlice<T> taken, FlushReason reason) {
        this(id, taken, reason, null);
    }

    /** What close takes out of the buffer: several batches in one, of which weighed ones end as the array says. */
    public FrozenBatch(BatchIds.BatchId id, ChunkSlice<T> taken, FlushReason reason, int @Nullable [] batchEnds) {
        this.batchEnds = batchEnds;
        this.id = id;
        this.size = taken.size();
        this.reason = reason;
        this.addedAt = taken.addedAt();
        this.firstSequence = taken.firstSequence();
        this.offsets = null;
        this.taken = taken;
    }

    private FrozenBatch(BatchIds.BatchId id, FrozenBatch<T> whole, int[] indexes) {
        this.batchEnds = null;
        this.id = id;
        this.size = indexes.length;
        this.reason = whole.reason;
        this.addedAt = whole.addedAt;
        this.firstSequence = whole.sequence(indexes[0]);
        int[] distances = new int[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            distances[i] = (int) (whole.sequence(indexes[i]) - firstSequence);
        }
        this.offsets = distances;
        this.items = whole.items().only(indexes);
        this.firstAddedAt = whole.firstAddedAt;
        this.attempts = whole.attempts;
        this.counted = whole.counted;
        this.early = whole.early;
        this.exhausted = whole.exhausted;
        this.lastFailure = whole.lastFailure;
    }

    /** The items at the given indexes, with an id of their own and the attempts made so far; this one if those are all. */
    public FrozenBatch<T> part(BatchIds ids, int[] indexes) {
        return indexes.length == size ? this : new FrozenBatch<>(ids.next(), this, indexes);
    }

    /** The sequence number of an item: its place among all items ever accepted. */
    long sequence(int index) {
        return firstSequence + (offsets == null ? index : offsets[index]);
    }

    public long firstSequence() {
        return firstSequence;
    }

    /**
     * The items. The first call waits where a producer has not yet put what it has claimed a slot for, so it is not made under
     * the batcher's lock.
     */
    public synchronized Items<T> items() {
        Items<T> known = items;
        if (known == null) {
            known = Objects.requireNonNull(taken).items();
            items = known;
            taken = null;
        }
        return known;
    }

    /**
     * The items as lists of at most a batch each, for others than the handler.
     *
     * @param maxBatchSize where no weight says where batches end
     */
    public List<List<T>> batches(int maxBatchSize) {
        List<T> all = itemList();
        List<List<T>> batches = new ArrayList<>();
        int[] ends = batchEnds == null ? new int[0] : batchEnds;
        int from = 0;
        for (int i = 0; from < size; i++) {
            int to = i < ends.length ? ends[i] : from + Math.min(size - from, maxBatchSize);
            batches.add(all.subList(from, to));
            from = to;
        }
        return batches;
    }

    /** The items as a list, for others than the handler. */
    public List<T> itemList() {
        return new ArrayBatch<>(items(), id, attempts, reason, Instant.EPOCH);
    }

    /** The batch as the handler gets it in the attempt that was begun last. */
    ArrayBatch<T> batch(BatcherClock clock) {
        Instant known = firstAddedAt;
        if (known == null) {
            known = clock.instant().minusNanos(clock.nanoTime() - addedAt);
            firstAddedAt = known;
        }
        return new ArrayBatch<>(items(), id, attempts, reason, known);
    }

    public int size() {
        return size;
    }

    public long addedAt() {
        return addedAt;
    }

    public int attempts() {
        return attempts;
    }

    public int counted() {
        return counted;
    }

    public void beginAttempt(boolean early) {
        attempts++;
        counted += early ? 0 : 1;
        this.early = early;
    }

    /** Takes the last attempt back: the target has only asked to be called later. */
    public void undoAttempt() {
        attempts--;
        counted -= early ? 0 : 1;
    }

    public boolean isEarly() {
        return early;
    }

    boolean exhausted() {
        return exhausted;
    }

    public void exhaust() {
        exhausted = true;
    }

    public @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    public void failed(Throwable cause) {
        lastFailure = cause;
    }
}
