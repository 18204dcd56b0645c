/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lanes by a moment, the earliest first: a binary heap in which each lane knows its place, so that any of them can be moved or removed in
 * logarithmic time. Moments are compared by their difference, because the clock may wrap around. Guarded by the batcher's lock.
 */
abstract class LaneHeap<T> {

    private static final int FIRST_LENGTH = 8;

    private @Nullable ScheduledLane<T>[] heap = array(0);
    private int size;

    /** Lanes by when they become due. */
    static final class ByDue<T> extends LaneHeap<T> {
        @Override
        long moment(ScheduledLane<T> lane) {
            return lane.dueAt;
        }

        @Override
        void moment(ScheduledLane<T> lane, long nanos) {
            lane.dueAt = nanos;
        }

        @Override
        int place(ScheduledLane<T> lane) {
            return lane.duePlace;
        }

        @Override
        void place(ScheduledLane<T> lane, int index) {
            lane.duePlace = index;
        }
    }

    /** Lanes by how long their oldest item has waited. */
    static final class ByWait<T> extends LaneHeap<T> {
        @Override
        long moment(ScheduledLane<T> lane) {
            return lane.waitsSince;
        }

        @Override
        void moment(ScheduledLane<T> lane, long nanos) {
            lane.waitsSince = nanos;
        }

        @Override
        int place(ScheduledLane<T> lane) {
            return lane.waitPlace;
        }

        @Override
        void place(ScheduledLane<T> lane, int index) {
            lane.waitPlace = index;
        }
    }

    abstract long moment(ScheduledLane<T> lane);

    abstract void moment(ScheduledLane<T> lane, long nanos);

    abstract int place(ScheduledLane<T> lane);

    abstract void place(ScheduledLane<T> lane, int index);

    /** Returns the lane with the earliest moment; null if there is none. */
    @Nullable ScheduledLane<T> first() {
        return size == 0 ? null : heap[0];
    }

    /** Adds the lane, or moves it to another moment. */
    void put(ScheduledLane<T> lane, long nanos) {
        if (place(lane) == ScheduledLane.NOWHERE) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, Math.max(FIRST_LENGTH, 2 * size)); // before any change, because it may fail
            }
            moment(lane, nanos);
            set(size++, lane);
            up(lane);
        } else if (moment(lane) != nanos) {
            moment(lane, nanos);
            up(lane);
            down(lane);
        }
    }

    /** Removes the lane if it is there. */
    void remove(ScheduledLane<T> lane) {
        int hole = place(lane);
        if (hole == ScheduledLane.NOWHERE) {
            return;
        }
        place(lane, ScheduledLane.NOWHERE);
        ScheduledLane<T> last = heap[--size];
        heap[size] = null;
        if (last != null && last != lane) {
            set(hole, last);
            up(last);
            down(last);
        }
        if (size == 0) {
            heap = array(0); // what many lanes needed once is not kept
        }
    }

    private void up(ScheduledLane<T> lane) {
        for (int at = place(lane); at > 0; at = place(lane)) {
            ScheduledLane<T> parent = heap[(at - 1) / 2];
            if (parent == null || !isBefore(lane, parent)) {
                return;
            }
            set(at, parent);
            set((at - 1) / 2, lane);
        }
    }

    private void down(ScheduledLane<T> lane) {
        for (ScheduledLane<T> child = earlierChild(lane);
                child != null && isBefore(child, lane);
                child = earlierChild(lane)) {
            int at = place(child);
            set(place(lane), child);
            set(at, lane);
        }
    }

    private @Nullable ScheduledLane<T> earlierChild(ScheduledLane<T> lane) {
        int left = 2 * place(lane) + 1;
        ScheduledLane<T> one = left < size ? heap[left] : null;
        ScheduledLane<T> other = left + 1 < size ? heap[left + 1] : null;
        return one == null || other == null || isBefore(one, other) ? one : other;
    }

    private boolean isBefore(ScheduledLane<T> one, ScheduledLane<T> other) {
        long distance = moment(one) - moment(other);
        return distance < 0 || (distance == 0 && one.order - other.order < 0);
    }

    private void set(int index, ScheduledLane<T> lane) {
        heap[index] = lane;
        place(lane, index);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> @Nullable ScheduledLane<T>[] array(int length) {
        return new ScheduledLane[length];
    }
}
