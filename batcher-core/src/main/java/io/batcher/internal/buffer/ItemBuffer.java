/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The buffer: a bounded first-in first-out queue of items, held as {@linkplain Chunk chunks} that producers fill in place and
 * that a batch takes uncopied where it can.
 *
 * <ul>
 *   <li>{@link #tryAdd} is for any thread and takes no lock; it succeeds while the open chunk has a slot. Everything else is
 *       guarded by the batcher's lock and paid once per chunk or batch.
 *   <li>Capacity is reserved when a chunk opens or grows, and given back by {@link #release}: the bound holds at every moment,
 *       and a claim needs no look at it.
 *   <li>A chunk ends where a batch of full size ends, so that the claimer of its last slot is the one who made the batch full.
 *   <li>While calls wait for room no slot can be claimed without the lock, so that nobody overtakes them.
 * </ul>
 */
public final class ItemBuffer<T> {

    /** The shortest chunk: small enough for a batcher that gets an item a second. */
    private static final int SHORTEST = 16;

    /**
     * The longest chunk that is made because the batch before it was as long, and not because as many items wait: what an item that
     * comes alone after a large batch may cost.
     */
    private static final int LONGEST_GUESS = 4_096;

    private final int capacity;
    private final int maxBatchSize;

    /** Null unless the batcher weighs its items. */
    private final @Nullable BatchWeights<T> weights;

    // Mutable state, guarded by the batcher's lock; only "fast" is read without it.

    private final ChunkQueue<T> chunks = new ChunkQueue<>();

    /** The calls that wait for room, first come first served. */
    private final ArrayDeque<AddRequest<T>> waitingForRoom = new ArrayDeque<>(1);

    /** The last chunk, while items may still be added to it; null if the next item opens one. */
    private @Nullable Chunk<T> open;

    /** The open chunk, published to producers; null while they have to take the lock. */
    private volatile @Nullable Chunk<T> fast;

    /** Slots that are or may be filled, and items that were taken and are not settled: never more than the capacity. */
    private int reserved;

    /** Items that were taken and are not settled. */
    private int held;

    /** Items ever claimed in chunks that are not open any more. */
    private long claimedBefore;

    /** Items ever taken or evicted: the sequence number of the first one that waits. */
    private long takenInAll;

    /** The size of the last batch: a steady load fills one chunk a batch. Not used for weighed items, of which each may be a batch. */
    private int nextLength = SHORTEST;

    public ItemBuffer(BatcherConfig<T> config) {
        this.capacity = config.capacity();
        this.maxBatchSize = config.maxBatchSize();
        this.weights = config.weigher() == null ? null : new BatchWeights<>(config);
    }

    // ---- any thread, no lock

    /** Puts the item into a slot of the open chunk. Returns the claim, {@link Chunk#FAILED} if there is no slot. */
    public long tryAdd(T item, @Nullable CompletableFuture<Void> future) {
        Chunk<T> chunk = fast;
        return chunk == null ? Chunk.FAILED : chunk.add(item, future);
    }

    // ---- guarded by the batcher's lock from here on: adding

    /**
     * Adds all items or none, contiguous.
     *
     * @param now when, in nanoseconds of the batcher's clock
     * @return false if there is no room, or others have waited for it longer
     */
    public boolean append(AddRequest<T> addition, long now) {
        AddRequest<T> longest = waitingForRoom.peekFirst();
        boolean added = (longest == null || longest == addition)
                && (weights == null ? appendUnweighed(addition, now) : appendWeighed(addition, weights, now));
        fast = added && weights == null && waitingForRoom.isEmpty() ? open : null;
        return added;
    }

    private boolean appendUnweighed(AddRequest<T> addition, long now) {
        int done = 0;
        if (open != null) {
            done = appendToOpen(open, addition);
            if (done < 0) {
                return false;
            }
        } else if (addition.size() > free()) {
            return false;
        }
        while (done < addition.size()) {
            done += appendToNew(addition, done, now);
        }
        return true;
    }

    /**
     * Puts as many items as fit behind those of the open chunk, or none if not all will find room here and in further chunks.
     * Producers claim here meanwhile: what is left and what we take of it is one compare-and-set. Where the chunk is too short,
     * it is full afterwards, so that nobody gets between our items.
     *
     * @return how many were put; -1 if there is no room for all
     */
    private int appendToOpen(Chunk<T> chunk, AddRequest<T> addition) {
        chunk.expect(addition.future());
        while (true) {
            long snapshot = chunk.snapshot();
            int unclaimed = Chunk.unclaimed(snapshot);
            if (addition.size() > unclaimed + free()) {
                return -1;
            }
            int raise = addition.size() <= unclaimed ? 0 : Math.min(chunk.growth(), free());
            int count = Math.min(addition.size(), unclaimed + raise);
            if (chunk.claim(snapshot, raise, count)) {
                reserved += raise;
                put(chunk, Chunk.claimed(snapshot), addition, 0, count);
                return count;
            }
        }
    }

    private int appendToNew(AddRequest<T> addition, int done, long now) {
        retireOpen();
        int left = addition.size() - done;
        int waiting = waiting();
        int inBatch = waiting % maxBatchSize;
        int guess = Math.min(nextLength, LONGEST_GUESS);
        if (waiting > 0 && inBatch == 0) {
            guess = maxBatchSize; // a whole batch has come together and waits: the next one will too
        }
        int length = Math.min(Math.max(left, Math.max(guess, inBatch)), maxBatchSize - inBatch);
        int limit = Math.min(length, free());
        int count = Math.min(left, limit);
        Chunk<T> chunk = new Chunk<>(length, limit, count, now, false);
        chunk.expect(addition.future());
        put(chunk, 0, addition, done, count);
        chunks.add(chunk);
        reserved += limit; // now that nothing can fail any more
        open = chunk;
        return count;
    }

    private boolean appendWeighed(AddRequest<T> addition, BatchWeights<T> weights, long now) {
        if (addition.size() > free()) {
            return false;
        }
        for (int i = 0; i < addition.size(); i++) {
            long weight = addition.weight(i);
            if (weights.endBefore(weight)) {
                weights.end(Objects.requireNonNull(chunks.last()), FlushReason.WEIGHT);
                retireOpen();
            }
            Chunk<T> chunk = open == null || open.growth() == 0 ? openWeighed(weights, weight, now) : open;
            chunk.expect(addition.future());
            int slot = chunk.claimed();
            chunk.claim(chunk.snapshot(), 1, 1);
            chunk.weigh(slot, weight);
            reserved++;
            put(chunk, slot, addition, i, 1);
            FlushReason end = weights.added(weight);
            if (end != null) {
                weights.end(chunk, end);
                retireOpen();
            }
        }
        return true;
    }

    /** As long as the items of its batch that are there, or shorter where the batch cannot take so many more of this weight. */
    private Chunk<T> openWeighed(BatchWeights<T> weights, long weight, long now) {
        retireOpen();
        int length = Math.min(Math.max(SHORTEST, weights.count()), weights.fitting(weight));
        Chunk<T> chunk = new Chunk<>(length, 0, 0, now, true);
        chunks.add(chunk);
        open = chunk;
        return chunk;
    }

    private static <T> void put(Chunk<T> chunk, int slot, AddRequest<T> addition, int from, int count) {
        for (int i = 0; i < count; i++) {
            chunk.put(slot + i, addition.item(from + i), addition.future());
        }
    }

    /** Ends the open chunk, if there is one: no item joins it any more. */
    private void retireOpen() {
        Chunk<T> chunk = open;
        if (chunk != null) {
            int lowered = chunk.shut();
            int claimed = chunk.claimed();
            // Nothing that could throw from here on: what follows is true together, or not at all.
            fast = null;
            open = null;
            reserved -= lowered;
            claimedBefore += claimed;
        }
    }

    // ---- waiting for room

    /** Lets a call wait for room, behind those that wait already. */
    public void await(AddRequest<T> addition) {
        fast = null;
        if (open != null) {
            reserved -= open.shut();
        }
        addition.beginToWait();
        waitingForRoom.addLast(addition);
    }

    /** Withdraws a call that has waited long enough. */
    public void withdraw(AddRequest<T> addition) {
        waitingForRoom.remove(addition);
    }

    /** Whether a call waits for room. */
    public boolean isRoomWanted() {
        return !waitingForRoom.isEmpty();
    }

    /** Places the items of the call that waited longest, and returns it; null if there is no room for it, or it is not there. */
    public @Nullable AddRequest<T> admitNext(long now) {
        AddRequest<T> next = waitingForRoom.peekFirst();
        if (next == null || !append(next, now)) {
            return null;
        }
        waitingForRoom.removeFirst().decide(AddRequest.Fate.PLACED);
        return next;
    }

    /** Ends the intake: no slot can be claimed any more. Returns the calls that waited for room. */
    public List<AddRequest<T>> close() {
        List<AddRequest<T>> refused = new ArrayList<>(waitingForRoom);
        retireOpen();
        waitingForRoom.clear();
        refused.forEach(addition -> addition.decide(AddRequest.Fate.CLOSED));
        return refused;
    }

    // ---- taking

    /**
     * Takes the next items, at most so many, and no further than where a batch ends by weight. They count as held until they are
     * {@linkplain #release released}.
     */
    public ChunkSlice<T> takeBatch(int max) {
        ChunkSlice<T> taken = take(max, true);
        held += taken.size();
        reserved += taken.size();
        nextLength = Math.max(SHORTEST, taken.size());
        return taken;
    }

    /** Takes the oldest items out for good. */
    public ChunkSlice<T> evict(int count) {
        return take(count, false);
    }

    /** All items that wait, which {@link #takeRest} takes. Only when the intake is closed. */
    public ChunkSlice<T> lookAtRest() {
        return look(Integer.MAX_VALUE, false);
    }

    /** Takes all items that wait; as {@link #takeBatch}, and nothing that could throw. */
    public void takeRest(ChunkSlice<T> rest) {
        remove(rest.size());
        held += rest.size();
        reserved += rest.size();
    }

    /** What takes memory comes before what counts: an error up to there leaves the items where they are. */
    private ChunkSlice<T> take(int max, boolean untilEnd) {
        ChunkSlice<T> taken = look(max, untilEnd);
        remove(taken.size());
        return taken;
    }

    private ChunkSlice<T> look(int max, boolean untilEnd) {
        ChunkSlice<T> taken = new ChunkSlice<>(takenInAll);
        Chunk<T> chunk = chunks.first();
        while (chunk != null && taken.size() < max) {
            int wanted = max - taken.size();
            if (chunk == open && chunk.waiting() <= wanted) {
                retireOpen(); // first, so that no claim comes after our look at what was claimed
            }
            int count = Math.min(chunk.waiting(), wanted);
            boolean retired = chunk != open;
            if (count > 0) {
                taken.add(chunk, count, retired);
            }
            boolean ended = untilEnd && retired && count == chunk.waiting() && chunk.end() != null;
            chunk = ended ? null : chunk.next();
        }
        return taken;
    }

    private void remove(int items) {
        int left = items;
        for (Chunk<T> chunk = chunks.first(); chunk != null && left > 0; chunk = chunks.first()) {
            int count = Math.min(chunk.waiting(), left);
            if (weights != null) {
                weights.take(chunk, count);
            }
            chunk.take(count);
            reserved -= count;
            takenInAll += count;
            left -= count;
            if (chunk != open && chunk.waiting() == 0) {
                chunks.remove();
                if (weights != null) {
                    weights.removed(chunk);
                }
            }
        }
    }

    /** Gives back the room of items that were taken. */
    public void release(int count) {
        held -= count;
        reserved -= count;
    }

    // ---- facts

    /** How many items were ever claimed; producers raise it at any moment. */
    public long claimed() {
        return claimedBefore + (open == null ? 0 : open.claimed());
    }

    /** How many items wait if so many were ever claimed. */
    public int waiting(long claimed) {
        return (int) (claimed - takenInAll);
    }

    public int waiting() {
        return waiting(claimed());
    }

    public int held() {
        return held;
    }

    /** The sequence number of the first item that waits; the first item ever has 0. */
    public long firstWaiting() {
        return takenInAll;
    }

    /** Why the next batch is as large or as heavy as it may be; null if it is not. */
    public @Nullable FlushReason full() {
        if (weights != null) {
            return weights.full(chunks.first());
        }
        return waiting() >= maxBatchSize ? FlushReason.SIZE : null;
    }

    /** When the oldest item that waits was added, or somewhat before; only if some item waits. */
    public long oldestAddedAt() {
        return Objects.requireNonNull(chunks.first()).openedAt();
    }

    /** Whether so many items would find room if everything that waits were evicted. */
    public boolean couldHold(int count) {
        return count <= capacity - held;
    }

    /** How many items have to be evicted so that so many find room; at least 1. */
    public int lacking(int count) {
        int unclaimed = open == null ? 0 : Chunk.unclaimed(open.snapshot());
        return Math.max(1, count - unclaimed - free());
    }

    /** How many more slots may be reserved. */
    private int free() {
        return capacity - reserved;
    }
}
