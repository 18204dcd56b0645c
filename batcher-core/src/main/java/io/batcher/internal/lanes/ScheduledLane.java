/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.RetryQueue;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One of several lanes, with its place in the schedule and what flushes cover of it. Guarded by the batcher's lock. */
public class ScheduledLane<T> extends Lane<T> {

    /** The place of a lane that is not in the heap. */
    static final int NOWHERE = -1;

    /** Lanes in a row, linked through themselves: a lane is in one row at most. */
    static final class Row<T> {

        private @Nullable ScheduledLane<T> first;
        private @Nullable ScheduledLane<T> last;

        @Nullable ScheduledLane<T> first() {
            return first;
        }

        void addFirst(ScheduledLane<T> lane) {
            insert(null, lane, first);
        }

        void addLast(ScheduledLane<T> lane) {
            insert(last, lane, null);
        }

        private void insert(
                @Nullable ScheduledLane<T> before, ScheduledLane<T> lane, @Nullable ScheduledLane<T> after) {
            lane.row = this;
            link(before, lane);
            link(lane, after);
        }

        void remove(ScheduledLane<T> lane) {
            link(lane.previous, lane.next);
            lane.row = null;
            lane.previous = null;
            lane.next = null;
        }

        private void link(@Nullable ScheduledLane<T> before, @Nullable ScheduledLane<T> after) {
            if (before == null) {
                first = after;
            } else {
                before.next = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.previous = before;
            }
        }
    }

    private final @Nullable Object key;

    // Used by the schedule

    @Nullable ScheduledLane<T> next;

    @Nullable ScheduledLane<T> previous;

    /** The row of due lanes that it is in; null if it is in none. */
    @Nullable Row<T> row;

    /** Whether a run serves it. */
    boolean served;

    /** When it becomes due, and its place among those that do. */
    long dueAt;

    int duePlace = NOWHERE;

    /** Decides between equal moments: the lane that became known first is first. */
    int order;

    /** When its oldest waiting item was added, and its place among those that wait. */
    long waitsSince;

    int waitPlace = NOWHERE;

    /** Whether it is counted among the lanes whose last attempt has failed. */
    boolean failing;

    // Used by the coverage

    /** The epoch of its oldest unsettled item; null if there is none. */
    @Nullable Epoch oldest;

    /** The epoch of its newest item. */
    @Nullable Epoch newest;

    /** The epoch in which its flushes ended with a failure of its own; null if none did. */
    @Nullable Epoch flushEndedIn;

    /** Items before this sequence number are due, because a flush covers them. */
    long flushedUpTo;

    /** Where the items of later epochs begin, in order; null if all unsettled items are of one. */
    @Nullable ArrayDeque<Epoch.Boundary> boundaries;

    /** The mark of the last flush that it knows of: which later ones let it skip the delay of a retry is found out when it has been served. */
    long hurriedUpTo;

    /** Whether its next batch is to make room for calls that wait. */
    private boolean makesRoom;

    /**
     * Creates a lane without items.
     *
     * @param key the key of all its items; null if they have none in common
     */
    protected ScheduledLane(ItemBuffer<T> buffer, @Nullable Object key) {
        super(buffer);
        this.key = key;
    }

    @Override
    public Optional<Object> key() {
        return Optional.ofNullable(key);
    }

    @Nullable Object keyOrNull() {
        return key;
    }

    /** Whether something that has failed waits for its delay, or will. */
    boolean isDelayed() {
        RetryQueue<T> kept = retriesIfAny();
        return !isHurried() && kept != null && (kept.hasBatches() || kept.letter() != null);
    }

    @Override
    public boolean isFlushed() {
        return buffer().firstWaiting() < flushedUpTo;
    }

    /** Makes the next batch due, to make room. */
    void makeRoom() {
        makesRoom = true;
    }

    void madeRoom() {
        makesRoom = false;
    }

    @Override
    public boolean isRoomWanted() {
        return makesRoom || super.isRoomWanted();
    }
}
