/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Throttle;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a batcher: which one takes an item, which one is served next, and what is a matter of all of them: room, flushes and
 * facts. Guarded by the batcher's lock, except {@link #only} and {@link #claimable}.
 */
public abstract class Lanes<T> {

    /** Which lanes a flush lets skip the delay of a retry. */
    public enum Hurry {
        /** No lane. */
        NONE,
        /** Those whose last attempt was not made early by a flush: else what flushes each time would never wait. */
        ON_TIME,
        ALL
    }

    /** Returns how many of them may be served at once. */
    public static int atOnce(BatcherConfig<?> config) {
        return Math.min(config.concurrency(), config.capacity());
    }

    /** Returns how many loops may be active at once: as many as calls, unless lanes need threads for something else. */
    public int loops(BatcherConfig<T> config) {
        return atOnce(config);
    }

    // ---- any thread, no lock

    /** Returns the buffer if there is one lane for all items; otherwise null. */
    public abstract @Nullable ItemBuffer<T> only();

    /** Returns the lane in whose buffer an item with this key may claim a slot; null if it has to be added under the lock. */
    public abstract @Nullable Lane<T> claimable(@Nullable Object key);

    /** Returns a value that is equal for keys of one lane. */
    public abstract @Nullable Object group(@Nullable Object key);

    // ---- which lane is served

    /** Sets the rule; called once, before anything else under the lock. */
    public abstract void connect(Rule rule);

    /**
     * Returns whether a lane that is not served now has something to do, or when it will.
     *
     * @param throttle null if calls of the handler are not limited
     * @param mayCall false if no call may begin, because another one is about to take a permit of the pace
     */
    public abstract When next(@Nullable Throttle throttle, boolean mayCall, long now);

    /** Takes the lane that {@link #next} has found something to do for. It is served until {@link #release}. */
    public abstract Lane<T> take();

    /** Records that the lane is not served any more. */
    public abstract void release(Lane<T> lane, long now);

    /** Records that something has changed that may make the lane due. */
    public abstract void changed(Lane<T> lane, long now);

    /** Records that something has changed that may make all lanes due. */
    public abstract void allChanged(long now);

    // ---- flushes

    /**
     * Makes due what was accepted so far.
     *
     * @param first whether no other flush is pending
     * @return a mark: the flush is through when {@link #settledUpTo} is not less
     */
    public abstract long flush(Hurry hurry, boolean first, long now);

    /** Returns the highest mark before which everything is settled. */
    public abstract long settledUpTo();

    /** Ends what flushes have made due in the lane, because its own attempt has failed. */
    public abstract void endFlush(Lane<T> lane);

    /** Ends what flushes have made due, because the batcher rests: they have failed. */
    public abstract void endFlushes(long now);

    // ---- room

    /** Adds all items of a call or none. Returns false if there is no room, or another call has waited longer for it. */
    public abstract boolean append(AddRequest<T> call, long now);

    /** Queues a call that found no room. */
    public abstract void await(AddRequest<T> call, long now);

    /** Removes a call that has waited too long. */
    public abstract void withdraw(AddRequest<T> call);

    /** Adds the items of a call that waits for room and returns it; null if there is no room for one, or none waits. */
    public abstract @Nullable AddRequest<T> admitNext(long now);

    /** Returns whether the items of a call would find room if all waiting items were evicted. */
    public abstract boolean couldHold(AddRequest<T> call);

    /** Takes out items for good to make room for a call, at least one; perhaps not enough of them. */
    public abstract ChunkSlice<T> evict(AddRequest<T> call, long now);

    /** Closes the buffers: no slot can be claimed any more. Returns the calls that waited for room. */
    public abstract List<AddRequest<T>> close();

    /** Returns whether close hands back what is left: not if it stays stored. */
    public boolean areHandedBack() {
        return true;
    }

    // ---- facts

    /** Does something for each lane that exists. */
    public abstract void forEach(Consumer<? super Lane<T>> action);

    /** Whether the last attempt of a lane has failed. */
    public abstract boolean isAnyFailing();

    /** Returns how many lanes there are. */
    public abstract int count();

    /** Returns how many items were accepted in lanes that do not exist any more. */
    public abstract long claimedBefore();

    /**
     * Corrects a snapshot whose items are not those in the buffers.
     *
     * @param left how many items were handled, given up or handed back
     */
    public void describe(BatcherStats.Builder stats, LaneTotals totals, long left, long now) {}
}
