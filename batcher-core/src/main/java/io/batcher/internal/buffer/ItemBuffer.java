/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import io.batcher.BatcherConfig;
import io.batcher.FlushReason;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bounded first-in first-out queue of items. They are held in {@linkplain Chunk chunks} that producers fill in place and that a batch
 * takes without copying where it can.
 *
 * <ul>
 *   <li>{@link #tryAdd} may be called by any thread without a lock. It succeeds while the open chunk has a free slot. All other methods
 *       are guarded by the batcher's lock; their cost is paid once per chunk or batch.
 *   <li>Capacity is reserved when a chunk opens or grows and released by {@link #release}, so the bound holds at every moment and a
 *       claim does not check it.
 *   <li>A chunk ends where a batch of maximum size ends, so the thread that claims its last slot made the batch full.
 *   <li>While calls wait for room, no slot can be claimed without the lock: no other call overtakes them.
 * </ul>
 */
public final class ItemBuffer<T> {

    private final Capacity capacity;

    /** How many items of this buffer may be in memory. */
    private final int bound;

    private final int minLength;
    private final int maxBatchSize;
    private final ChunkQueue<T> chunks;
    private final RoomQueue<T> waitingForRoom = new RoomQueue<>();

    /** Null unless batches are limited by weight. */
    private final @Nullable BatchWeights<T> weights;

    /** The open chunk, published to producers; null while they have to acquire the lock. The only field that is read without it. */
    private volatile @Nullable Chunk<T> fast;

    /** Items that were taken and are not settled. */
    private int unsettled;

    /** Items ever taken or evicted: the sequence number of the first waiting item. */
    private long takenInAll;

    /** The size of the last batch, or the shortest length. Not used for weighed items. */
    private int nextLength;

    /** Creates the buffer of a batcher that has no other. */
    public ItemBuffer(BatcherConfig<T> config) {
        this(config, new Capacity(config.capacity(), 1), config.capacity(), Chunk.MIN_LENGTH);
    }

    /**
     * Creates one of several buffers that share the room of a batcher.
     *
     * @param bound how many items of this buffer may be in memory
     * @param minLength the length of the shortest chunk, unless a batch is smaller
     */
    public ItemBuffer(BatcherConfig<T> config, Capacity capacity, int bound, int minLength) {
        this.capacity = capacity;
        this.bound = bound;
        this.minLength = minLength;
        this.nextLength = minLength;
        this.maxBatchSize = config.maxBatchSize();
        this.chunks = new ChunkQueue<>(capacity);
        this.weights =
                config.weigher() == null ? null : new BatchWeights<>(chunks, maxBatchSize, config.maxBatchWeight());
    }

    // ---- any thread, no lock

    /** Adds the item to the open chunk. Returns the claim, or {@link Chunk#FAILED} if there is no free slot. */
    public long tryAdd(T item, @Nullable CompletableFuture<Void> future) {
        Chunk<T> chunk = fast;
        return chunk == null ? Chunk.FAILED : chunk.add(item, future);
    }

    /** As {@link #tryAdd}, to one of several buffers. */
    public Claimed tryAddToShared(T item, @Nullable CompletableFuture<Void> future) {
        Chunk<T> chunk = fast;
        return chunk == null ? Claimed.NONE : chunk.addToShared(item, future);
    }

    // ---- guarded by the batcher's lock from here on: adding

    /**
     * Adds all items of a call or none, contiguous.
     *
     * @param now in nanoseconds of the batcher's clock
     * @return false if there is no room, or another call has waited longer for it
     */
    public boolean append(AddRequest<T> call, long now) {
        AddRequest<T> longest = waitingForRoom.first();
        return (longest == null || longest == call) && place(call, now);
    }

    /** As {@link #append}, also if another call waits for room. */
    public boolean place(AddRequest<T> call, long now) {
        boolean added = weights == null ? appendUnweighed(call, now) : weights.append(call, now);
        fast = added && weights == null && waitingForRoom.isEmpty() ? chunks.open() : null;
        return added;
    }

    private boolean appendUnweighed(AddRequest<T> call, long now) {
        Chunk<T> open = chunks.open();
        int done = 0;
        if (open != null) {
            done = appendToOpen(open, call);
            if (done < 0) {
                return false;
            }
        } else if (call.size() > chunks.free()) {
            return false;
        }
        while (done < call.size()) {
            done += appendToNew(call, done, now);
        }
        return true;
    }

    /**
     * Adds as many items as fit to the open chunk, or none if the remaining ones would not find room in further chunks. Producers claim slots
     * meanwhile, so the free slots are counted and claimed in one compare-and-set. A chunk that is too short is full afterwards: no other
     * item gets between those of the call.
     *
     * @return how many items were added; -1 if there is no room for all
     */
    private int appendToOpen(Chunk<T> chunk, AddRequest<T> call) {
        chunk.expect(call.future());
        while (true) {
            long snapshot = chunk.snapshot();
            int unclaimed = Chunk.unclaimed(snapshot);
            if (call.size() > unclaimed + chunks.free()) {
                return -1;
            }
            int lacking = call.size() - unclaimed;
            int raise = lacking <= 0 ? 0 : capacity.grant(lacking, chunk.growth());
            int count = Math.min(call.size(), unclaimed + raise);
            if (chunk.claim(snapshot, raise, count)) {
                chunks.reserve(raise);
                call.put(chunk, Chunk.claimed(snapshot), 0, count);
                return count;
            }
        }
    }

    private int appendToNew(AddRequest<T> call, int done, long now) {
        retireOpen();
        int left = call.size() - done;
        int length = ChunkLength.of(left, waiting(), nextLength, maxBatchSize);
        int limit = capacity.grant(Math.min(left, length), length);
        int count = Math.min(left, limit);
        Chunk<T> chunk = new Chunk<>(length, limit, count, now, false);
        chunk.expect(call.future());
        call.put(chunk, 0, done, count);
        chunks.open(chunk, limit); // last, because it cannot fail
        return count;
    }

    private void retireOpen() {
        fast = null;
        chunks.retireOpen();
    }

    // ---- waiting for room

    /** Queues a call that found no room behind those that wait already. */
    public void await(AddRequest<T> call) {
        fast = null;
        chunks.shutOpen();
        waitingForRoom.add(call);
    }

    /** Removes a call that has waited too long. */
    public void withdraw(AddRequest<T> call) {
        waitingForRoom.remove(call);
    }

    /** Returns the call that has waited longest for room; null if none waits. */
    public @Nullable AddRequest<T> longestWaiting() {
        return waitingForRoom.first();
    }

    public boolean isRoomWanted() {
        return !waitingForRoom.isEmpty();
    }

    /** Adds the items of the call that has waited longest and returns it; null if there is no room for it, or no call waits. */
    public @Nullable AddRequest<T> admitNext(long now) {
        AddRequest<T> next = waitingForRoom.first();
        if (next == null || !append(next, now)) {
            return null;
        }
        waitingForRoom.admit(next);
        return next;
    }

    /** Closes the buffer: no slot can be claimed any more. Returns the calls that waited for room. */
    public List<AddRequest<T>> close() {
        List<AddRequest<T>> refused = waitingForRoom.close();
        retireOpen();
        return refused;
    }

    // ---- taking

    /** Takes the next items, at most {@code max} and one batch by weight. They are unsettled until they are {@linkplain #release released}. */
    public ChunkSlice<T> takeBatch(int max) {
        ChunkSlice<T> taken = take(max, true);
        addUnsettled(taken.size());
        nextLength = Math.max(minLength, taken.size());
        return taken;
    }

    /** Takes the oldest items for good. Of several buffers, only while no slot can be claimed. */
    public ChunkSlice<T> evict(int count) {
        ChunkSlice<T> evicted = take(count, false);
        Chunk<T> open = chunks.open();
        if (open != null && capacity.isShared() && weights == null) {
            open.fullAfter(maxBatchSize - waiting() % maxBatchSize);
        }
        return evicted;
    }

    /** Returns all waiting items, for {@link #takeRemaining}. Only if none is added meanwhile: after {@link #close}, or to a buffer that takes no claims. */
    public ChunkSlice<T> lookAtRemaining() {
        return look(Integer.MAX_VALUE, false);
    }

    /** Takes all waiting items, as {@link #takeBatch} does. Cannot fail. */
    public void takeRemaining(ChunkSlice<T> remaining) {
        remove(remaining.size());
        addUnsettled(remaining.size());
    }

    private void addUnsettled(int count) {
        unsettled += count;
        capacity.addUnsettled(count);
    }

    /** Allocates before it counts: an error while it looks leaves the items where they are. */
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
            if (chunk == chunks.open() && chunk.waiting() <= wanted) {
                retireOpen(); // before the claimed slots are counted: no claim comes after that
            }
            int count = Math.min(chunk.waiting(), wanted);
            boolean retired = chunk != chunks.open();
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
            chunks.release(count);
            takenInAll += count;
            left -= count;
            if (chunk != chunks.open() && chunk.waiting() == 0) {
                chunks.removeFirst();
            }
        }
    }

    /** Releases the room of items that were taken and are settled. */
    public void release(int count) {
        unsettled -= count;
        capacity.releaseUnsettled(count);
    }

    // ---- facts

    /** Returns how many items were ever claimed. Producers raise the number without the lock. */
    public long claimed() {
        return chunks.claimed();
    }

    /** Returns how many items wait if {@code claimed} items were ever claimed. */
    public int waiting(long claimed) {
        return (int) (claimed - takenInAll);
    }

    public int waiting() {
        return waiting(claimed());
    }

    public int unsettled() {
        return unsettled;
    }

    /** Returns the sequence number of the first waiting item; the first item ever has 0. */
    public long firstWaiting() {
        return takenInAll;
    }

    /** Returns why the next batch is as large or as heavy as it may be; null if it is not. */
    public @Nullable FlushReason full() {
        return weights != null ? weights.full() : waiting() >= maxBatchSize ? FlushReason.SIZE : null;
    }

    /** Returns when the oldest waiting item was added, or slightly before. Only if an item waits. */
    public long oldestAddedAt() {
        return Objects.requireNonNull(chunks.first()).openedAt();
    }

    /** Returns whether {@code count} items would find room if all waiting items were evicted. */
    public boolean couldHold(int count) {
        return count <= bound - unsettled;
    }

    /** Returns whether this many more items are within the bound of this buffer. */
    public boolean isWithinBound(int count) {
        return count <= bound - unsettled - waiting();
    }

    /** Takes back the slots that are reserved and not claimed. Further items acquire the lock. */
    public void takeBack() {
        chunks.shutOpen();
    }

    /** Returns how many items have to be evicted to make room for {@code count} items; at least 1. */
    public int lacking(int count) {
        return Math.max(1, count - chunks.unclaimed() - chunks.free());
    }
}
