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
 * A batch whose content no longer changes, and the state of its delivery. The content is immutable. The state is changed by the flush loop
 * only, under the batcher's lock.
 */
public final class FrozenBatch<T> {

    private final Origin origin;
    private final BatchIds.BatchId id;
    private final int size;
    private final FlushReason reason;
    private final long addedAt;
    private final long firstSequence;

    /** The distance of each item from the first sequence number; null if they follow without a gap. */
    private final int @Nullable [] offsets;

    /** The source of the items until {@link #items} is called first. Guarded by this object's monitor. */
    private @Nullable ChunkSlice<T> taken;

    /** The items after {@link #items} was called. Guarded by this object's monitor. */
    private @Nullable Items<T> items;

    /** {@link #addedAt} as time of day. Set by the first attempt, in the flush loop. */
    private @Nullable Instant firstAddedAt;

    /** The indexes behind which batches end if this is several weighed batches; otherwise null. */
    private final int @Nullable [] batchEnds;

    // Mutable state

    /** Attempts made, and the part of them that counts towards {@code maxAttempts}. */
    private int attempts;

    private int countedAttempts;

    /** Whether a flush made the last attempt early. Such an attempt is not counted and does not move the scheduled retry. */
    private boolean early;

    /** Whether the batch would have been given up without {@code isolatePoison}. */
    private boolean exhausted;

    private @Nullable Throwable lastFailure;

    /** Whether an error of the engine has struck before the last attempt was settled. The only field that is written without the lock. */
    private volatile boolean abandoned;

    /** Creates a batch of items that were just taken. */
    public FrozenBatch(Origin origin, BatchIds.BatchId id, ChunkSlice<T> taken, FlushReason reason) {
        this(origin, id, taken, reason, null);
    }

    /** Creates one batch of all items that close takes from the buffer; {@code batchEnds} says where weighed batches end. */
    public FrozenBatch(
            Origin origin, BatchIds.BatchId id, ChunkSlice<T> taken, FlushReason reason, int @Nullable [] batchEnds) {
        this.origin = origin;
        this.batchEnds = batchEnds;
        this.id = id;
        this.size = taken.size();
        this.reason = reason;
        this.addedAt = taken.addedAt();
        this.firstSequence = taken.firstSequence();
        this.offsets = null;
        this.taken = taken;
    }

    /** Creates a batch that an earlier process has attempted, of items that were just taken. */
    public static <T> FrozenBatch<T> restored(
            Origin origin, String id, ChunkSlice<T> taken, int attempts, int countedAttempts) {
        FrozenBatch<T> batch = new FrozenBatch<>(origin, BatchIds.restored(id), taken, FlushReason.INTERVAL);
        batch.attempts = attempts;
        batch.countedAttempts = countedAttempts;
        return batch;
    }

    private FrozenBatch(BatchIds.BatchId id, FrozenBatch<T> whole, int[] indexes) {
        this.batchEnds = null;
        this.origin = whole.origin;
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
        this.countedAttempts = whole.countedAttempts;
        this.early = whole.early;
        this.exhausted = whole.exhausted;
        this.lastFailure = whole.lastFailure;
    }

    /** Returns the items at the given indexes as a batch with a new id and the same attempts; this batch if those are all. */
    public FrozenBatch<T> part(BatchIds ids, int[] indexes) {
        return indexes.length == size ? this : new FrozenBatch<>(ids.next(), this, indexes);
    }

    /** Returns the sequence number of an item: its position among all items that its lane ever accepted. */
    public long sequence(int index) {
        return firstSequence + (offsets == null ? index : offsets[index]);
    }

    public String id() {
        return id.toString();
    }

    public Origin origin() {
        return origin;
    }

    public long firstSequence() {
        return firstSequence;
    }

    /**
     * Returns the items. The first call may wait for a producer that has claimed a slot and not yet filled it, so it is not made under the
     * batcher's lock.
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
     * Returns the items in lists of at most one batch each, for the dead-letter callback.
     *
     * @param maxBatchSize the size of a list that no weight limits
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

    /** Returns the items as a list, for the dead-letter callback. */
    public List<T> itemList() {
        return new ArrayBatch<>(items(), origin.key(), id, attempts, reason, Instant.EPOCH);
    }

    /** Returns the batch for the handler, for the attempt that was begun last. */
    public ArrayBatch<T> batch(BatcherClock clock) {
        Instant known = firstAddedAt;
        if (known == null) {
            known = clock.instant().minusNanos(clock.nanoTime() - addedAt);
            firstAddedAt = known;
        }
        return new ArrayBatch<>(items(), origin.key(), id, attempts, reason, known);
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

    public int countedAttempts() {
        return countedAttempts;
    }

    /** An error of the engine has struck before the attempt was settled. Cannot fail. */
    public void abandon() {
        abandoned = true;
    }

    public boolean isAbandoned() {
        return abandoned;
    }

    public void beginAttempt(boolean early) {
        abandoned = false;
        attempts++;
        countedAttempts += early ? 0 : 1;
        this.early = early;
    }

    /** Takes the last attempt back: the target has only asked to be called later. */
    public void undoAttempt() {
        attempts--;
        countedAttempts -= early ? 0 : 1;
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
