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
 * A run of slots that producers fill in place, with one claim and one store per item.
 *
 * <ul>
 *   <li>A claim is one compare-and-set of {@link #word}, which holds the limit in its upper half and the number of claims in its lower
 *       half: a claim reads both at the same instant.
 *   <li>The limit changes only under the batcher's lock. While it equals the number of claims, every claim fails, even by a thread that
 *       still holds a reference to an old chunk.
 *   <li>A slot is null between its claim and its store. {@link #get} waits for the store.
 * </ul>
 *
 * <p>Chunks filled in place follow the linked-array queues of JCTools. The back-off after a lost claim follows Dice, Hendler and Mirsky,
 * "Lightweight Contention Management for Efficient Compare-and-Swap Operations" (Euro-Par 2013).
 */
public final class Chunk<T> {

    /** Returned by {@link #add} if there is no free slot. */
    public static final long FAILED = -1;

    /** The shortest chunk, unless a batch or the capacity is smaller: small enough for a batcher that gets an item a second. */
    static final int MIN_LENGTH = 16;

    private static final VarHandle WORD;
    private static final VarHandle FUTURES;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int SPINS_AFTER_LOST_CLAIM = 32; // < 1 us
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

    /** The weight of each item; null unless batches are limited by weight. */
    private final long @Nullable [] weights;

    /** The first slot that is not taken. */
    private int taken;

    /** Why a batch ends with this chunk; null if it does not, or batches are not limited by weight. */
    private @Nullable FlushReason end;

    /** The next chunk in the queue. */
    private @Nullable Chunk<T> next;

    /**
     * With how many claims a batch is full before the chunk is; 0 if it is not. Read without the lock: set while no slot can be claimed, before
     * the write of the word that allows it.
     */
    private int fullAt;

    /**
     * Creates an open chunk.
     *
     * @param limit how many slots may be claimed now
     * @param claimed how many of them are claimed by the creator
     * @param openedAt when the first item is added, in nanoseconds of the batcher's clock
     * @param weighed whether to keep the weight of each item
     */
    Chunk(int length, int limit, int claimed, long openedAt, boolean weighed) {
        this.slots = new Object[length];
        this.weights = weighed ? new long[length] : null;
        this.openedAt = openedAt;
        this.word = pack(limit, claimed);
    }

    // ---- any thread

    /**
     * Claims a slot and stores an item in it.
     *
     * @param future completed when the item is settled; null if the caller did not ask for it
     * @return the claim, for {@link #isLast}; {@link #FAILED} if there is no free slot
     */
    long add(T item, @Nullable CompletableFuture<Void> future) {
        CompletableFuture<Void>[] all = future == null ? null : futuresForWriting();
        long seen = word;
        while (claimed(seen) < limit(seen)) {
            if (WORD.weakCompareAndSet(this, seen, seen + 1)) {
                // A slot that is claimed and never filled blocks delivery for ever. So nothing may throw from here on,
                // not even for lack of memory or stack: no allocation, no call deeper than the last.
                if (all != null) {
                    all[(int) seen] = future;
                }
                VarHandle.releaseFence();
                slots[(int) seen] = item;
                return seen;
            }
            backOff();
            seen = word;
        }
        return FAILED;
    }

    /**
     * As {@link #add}, to a chunk of one of several buffers. Those reserve a few slots at a time, and the last of these makes no batch full:
     * only the end of the chunk may, or what an eviction has put in its place.
     */
    Claimed addToShared(T item, @Nullable CompletableFuture<Void> future) {
        long claim = add(item, future);
        if (claim == FAILED) {
            return Claimed.NONE;
        }
        int claimed = index(claim) + 1;
        return claimed == slots.length || claimed == fullAt ? Claimed.END : Claimed.SLOT;
    }

    /**
     * Spins after a lost claim, so that the winner adds a run of items. Producers that alternate item by item pass the cache lines of the
     * word and the slots back and forth, at three to five times the cost of an item.
     */
    private static void backOff() {
        for (int spins = 0; spins < SPINS_AFTER_LOST_CLAIM; spins++) {
            Thread.onSpinWait();
        }
    }

    static int index(long claim) {
        return (int) claim;
    }

    /** Returns whether the claim took the last slot; then the caller has to wake the engine. */
    public static boolean isLast(long claim) {
        return index(claim) + 1 == limit(claim);
    }

    /** Stores an item in a slot that was claimed under the lock. A future needs {@link #expect} before the claim. */
    void put(int index, T item, @Nullable CompletableFuture<Void> future) {
        CompletableFuture<Void>[] all = futures;
        if (all != null) {
            all[index] = future;
        }
        VarHandle.releaseFence();
        slots[index] = item;
    }

    /** Allocates the array of futures, before a slot is claimed: after the claim it must not fail. */
    void expect(@Nullable CompletableFuture<Void> future) {
        if (future != null) {
            futuresForWriting();
        }
    }

    /**
     * Returns the item of a claimed slot. Waits for the store if the producer was suspended after its claim, a few instructions before it:
     * spins, then yields, then parks.
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

    /** Returns the future of a slot; null if there is none. Only after {@link #get}. */
    @Nullable CompletableFuture<Void> future(int index) {
        CompletableFuture<Void>[] all = futures;
        return all == null ? null : all[index];
    }

    /** Clears a slot, so that the item can be collected with its batch. Only after {@link #get}. */
    void clear(int index) {
        slots[index] = null;
        CompletableFuture<Void>[] all = futures;
        if (all != null) {
            all[index] = null;
        }
    }

    /** Returns the array itself, for a batch that takes the whole chunk. */
    Object[] slots() {
        return slots;
    }

    CompletableFuture<Void> @Nullable [] futures() {
        return futures;
    }

    // ---- guarded by the batcher's lock

    /** Returns limit and claims at one instant, for {@link #unclaimed}, {@link #claimed(long)} and {@link #claim(long, int, int)}. */
    long snapshot() {
        return word;
    }

    static int unclaimed(long snapshot) {
        return limit(snapshot) - claimed(snapshot);
    }

    /**
     * Raises the limit and claims slots at the same instant, so that the slots are contiguous. The first one is
     * {@link #claimed(long)} of the snapshot.
     *
     * @return false, with nothing changed, if a producer has claimed a slot since the snapshot
     */
    boolean claim(long snapshot, int raise, int count) {
        return WORD.compareAndSet(this, snapshot, pack(limit(snapshot) + raise, claimed(snapshot) + count));
    }

    /**
     * Lowers the limit to the number of claims: further claims fail.
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

    /** Returns by how much the limit may be raised. */
    int growth() {
        return slots.length - limit(word);
    }

    /** Sets how many more items make a batch full. Only while no slot can be claimed. */
    void fullAfter(int items) {
        fullAt = claimed(word) + items;
    }

    /** Returns how many slots are claimed. */
    int claimed() {
        return claimed(word);
    }

    int taken() {
        return taken;
    }

    /** Returns how many slots are claimed and not taken. */
    int waiting() {
        return claimed() - taken;
    }

    /** Takes the next slots. They belong to the caller from here on. */
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
            FUTURES.compareAndSet(this, null, Items.futures(slots.length)); // otherwise another producer has set it
        }
        return Objects.requireNonNull(futures);
    }
}
