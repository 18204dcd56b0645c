/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.FlushReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A run of slots that producers fill in place, each with one claim and one store.
 *
 * <ul>
 *   <li>A claim is one compare-and-set of {@link #word}, which holds the limit in its upper and the count of claims in its lower
 *       half: a claimer learns both at the same instant.
 *   <li>The limit grows and shrinks only under the batcher's lock. While it equals the count, every claim fails, whoever still
 *       holds a reference to the chunk.
 *   <li>A slot is null from its claim to its store. Who takes it waits for the store, see {@link #get}.
 * </ul>
 *
 * <p>Filling a chunk in place follows the linked-array queues of JCTools; the two halves in one word are our own. Who loses a claim
 * stands back for a moment, after Dice, Hendler and Mirsky, "Lightweight Contention Management for Efficient Compare-and-Swap
 * Operations" (Euro-Par 2013).
 */
public final class Chunk<T> {

    /** What {@link #add} returns where no slot was left. */
    public static final long FAILED = -1;

    private static final VarHandle WORD;
    private static final VarHandle FUTURES;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int SPINS_AFTER_LOST_CLAIM = 32; // less than a microsecond
    private static final int SPINS_BEFORE_YIELD = 64;
    private static final int YIELDS_BEFORE_PARK = 64;
    private static final long PARK_NANOS = 20_000;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Chunk.class, "word", long.class);
            FUTURES = lookup.findVarHandle(Chunk.class, "futures", CompletableFuture[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object[] slots;
    private final long openedAt;
    private volatile long word;
    private volatile CompletableFuture<Void> @Nullable [] futures;

    // Guarded by the batcher's lock

    /** The weight of each slot; null unless the batcher weighs its items. */
    private final long @Nullable [] weights;

    /** The first slot that was not taken yet. */
    private int taken;

    /** Why a batch ends with this chunk, where that is a question of weight. */
    private @Nullable FlushReason end;

    /** The chunk behind this one in its {@link ChunkQueue}. */
    private @Nullable Chunk<T> next;

    /**
     * Opens a chunk.
     *
     * @param limit how many slots may be claimed now
     * @param claimed how many of them belong to the creator
     * @param openedAt when its first item was added, in nanoseconds of the batcher's clock
     */
    Chunk(int length, int limit, int claimed, long openedAt, boolean weighed) {
        this.slots = new Object[length];
        this.weights = weighed ? new long[length] : null;
        this.openedAt = openedAt;
        this.word = pack(limit, claimed);
    }

    // ---- any thread

    /**
     * Claims a slot and fills it with an item, and with a future if somebody wants to know the item's fate.
     *
     * @return {@link #FAILED} if there is no slot, else what {@link #isLast} understands
     */
    long add(T item, @Nullable CompletableFuture<Void> future) {
        CompletableFuture<Void>[] all = future == null ? null : futuresForWriting();
        long seen = word;
        while (claimed(seen) < limit(seen)) {
            if (WORD.weakCompareAndSet(this, seen, seen + 1)) {
                // A slot that is claimed and never filled would hold up all that comes after it. So nothing may throw
                // from here on, not even for want of memory or stack: no allocation, no call deeper than the last.
                if (all != null) {
                    all[(int) seen] = future;
                }
                VarHandle.releaseFence();
                slots[(int) seen] = item;
                return seen;
            }
            standBack();
            seen = word;
        }
        return FAILED;
    }

    /**
     * Lets the winner of a claim go on alone. Producers that take turns for each item pass the cache lines of the word and the slots
     * back and forth, at three to five times the price of an item; a run of some hundred items by one of them does not.
     */
    private static void standBack() {
        for (int spins = 0; spins < SPINS_AFTER_LOST_CLAIM; spins++) {
            Thread.onSpinWait();
        }
    }

    static int index(long claim) {
        return (int) claim;
    }

    /** Whether the claimed slot was the last one, so that the claimer has to tell the batcher. */
    public static boolean isLast(long claim) {
        return index(claim) + 1 == limit(claim);
    }

    /** Fills a slot that was claimed under the lock; with the future too, after {@link #expect}. */
    void put(int index, T item, @Nullable CompletableFuture<Void> future) {
        CompletableFuture<Void>[] all = futures;
        if (all != null) {
            all[index] = future;
        }
        VarHandle.releaseFence();
        slots[index] = item;
    }

    /** Makes room for futures, before a slot is claimed: afterwards it would be too late to fail. */
    void expect(@Nullable CompletableFuture<Void> future) {
        if (future != null) {
            futuresForWriting();
        }
    }

    /**
     * Returns the item of a claimed slot. Its producer may have been stopped between claim and store, which are a few instructions
     * apart: spin, then let it run.
     */
    @SuppressWarnings("unchecked")
    T get(int index) {
        Object item = SLOT.getAcquire(slots, index);
        for (int tries = 0; item == null; tries++) {
            if (tries < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else if (tries < SPINS_BEFORE_YIELD + YIELDS_BEFORE_PARK) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, PARK_NANOS);
            }
            item = SLOT.getAcquire(slots, index);
        }
        return (T) item;
    }

    /** Returns the future of a slot whose item was got, or null. */
    @Nullable CompletableFuture<Void> future(int index) {
        CompletableFuture<Void>[] all = futures;
        return all == null ? null : all[index];
    }

    /** Forgets a slot that was got, so that the item is garbage as soon as its batch is. */
    void clear(int index) {
        slots[index] = null;
        CompletableFuture<Void>[] all = futures;
        if (all != null) {
            all[index] = null;
        }
    }

    /** The slots themselves, for a batch that takes the whole chunk. */
    Object[] slots() {
        return slots;
    }

    CompletableFuture<Void> @Nullable [] futures() {
        return futures;
    }

    // ---- guarded by the batcher's lock

    /** Limit and count at one instant, for {@link #unclaimed}, {@link #claimed(long)} and {@link #claim(long, int, int)}. */
    long snapshot() {
        return word;
    }

    static int unclaimed(long snapshot) {
        return limit(snapshot) - claimed(snapshot);
    }

    /**
     * Raises the limit and claims slots in the same instant, so that nobody gets in between; the first of them is the
     * {@link #claimed()} of the snapshot.
     *
     * @return false if others claimed since the snapshot; then nothing has changed
     */
    boolean claim(long snapshot, int raise, int count) {
        return WORD.compareAndSet(this, snapshot, pack(limit(snapshot) + raise, claimed(snapshot) + count));
    }

    /**
     * Lowers the limit to the count: claims fail from here on.
     *
     * @return by how much the limit was lowered
     */
    int shut() {
        while (true) {
            long now = word;
            int claimed = claimed(now);
            if (WORD.compareAndSet(this, now, pack(claimed, claimed))) {
                return limit(now) - claimed;
            }
        }
    }

    /** By how much the limit may be raised. */
    int growth() {
        return slots.length - limit(word);
    }

    /** How many slots were claimed. */
    int claimed() {
        return claimed(word);
    }

    int taken() {
        return taken;
    }

    /** How many slots were claimed and not taken. */
    int waiting() {
        return claimed() - taken;
    }

    /** Takes the next slots; they are the caller's now. */
    void take(int count) {
        taken += count;
    }

    long openedAt() {
        return openedAt;
    }

    void weigh(int index, long weight) {
        if (weights != null) {
            weights[index] = weight;
        }
    }

    long weight(int index) {
        return weights == null ? 0 : weights[index];
    }

    @Nullable Chunk<T> next() {
        return next;
    }

    void next(@Nullable Chunk<T> chunk) {
        next = chunk;
    }

    @Nullable FlushReason end() {
        return end;
    }

    void endBatch(FlushReason reason) {
        end = reason;
    }

    // ----

    static int claimed(long word) {
        return (int) word;
    }

    private static int limit(long word) {
        return (int) (word >>> Integer.SIZE);
    }

    private static long pack(int limit, int claimed) {
        return ((long) limit << Integer.SIZE) | claimed;
    }

    private CompletableFuture<Void>[] futuresForWriting() {
        if (futures == null) {
            FUTURES.compareAndSet(this, null, Items.futures(slots.length)); // else another producer was faster
        }
        return Objects.requireNonNull(futures);
    }
}
