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

    private @Nullable KeyedLane<T>[] heap = array(0);
    private int size;

    /** Lanes by when they become due. */
    static final class ByDue<T> extends LaneHeap<T> {
        @Override
        long moment(KeyedLane<T> lane) {
            return lane.dueAt;
        }

        @Override
        void moment(KeyedLane<T> lane, long nanos) {
            lane.dueAt = nanos;
        }

        @Override
        int place(KeyedLane<T> lane) {
            return lane.duePlace;
        }

        @Override
        void place(KeyedLane<T> lane, int index) {
            lane.duePlace = index;
        }
    }

    /** Lanes by how long their oldest item has waited. */
    static final class ByWait<T> extends LaneHeap<T> {
        @Override
        long moment(KeyedLane<T> lane) {
            return lane.waitsSince;
        }

        @Override
        void moment(KeyedLane<T> lane, long nanos) {
            lane.waitsSince = nanos;
        }

        @Override
        int place(KeyedLane<T> lane) {
            return lane.waitPlace;
        }

        @Override
        void place(KeyedLane<T> lane, int index) {
            lane.waitPlace = index;
        }
    }

    abstract long moment(KeyedLane<T> lane);

    abstract void moment(KeyedLane<T> lane, long nanos);

    abstract int place(KeyedLane<T> lane);

    abstract void place(KeyedLane<T> lane, int index);

    /** Returns the lane with the earliest moment; null if there is none. */
    @Nullable KeyedLane<T> first() {
        return size == 0 ? null : heap[0];
    }

    /** Adds the lane, or moves it to another moment. */
    void put(KeyedLane<T> lane, long nanos) {
        if (place(lane) == KeyedLane.NOWHERE) {
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
    void remove(KeyedLane<T> lane) {
        int hole = place(lane);
        if (hole == KeyedLane.NOWHERE) {
            return;
        }
        place(lane, KeyedLane.NOWHERE);
        KeyedLane<T> last = heap[--size];
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

    private void up(KeyedLane<T> lane) {
        for (int at = place(lane); at > 0; at = place(lane)) {
            KeyedLane<T> parent = heap[(at - 1) / 2];
            if (parent == null || !isBefore(lane, parent)) {
                return;
            }
            set(at, parent);
            set((at - 1) / 2, lane);
        }
    }

    private void down(KeyedLane<T> lane) {
        for (KeyedLane<T> child = earlierChild(lane);
                child != null && isBefore(child, lane);
                child = earlierChild(lane)) {
            int at = place(child);
            set(place(lane), child);
            set(at, lane);
        }
    }

    private @Nullable KeyedLane<T> earlierChild(KeyedLane<T> lane) {
        int left = 2 * place(lane) + 1;
        KeyedLane<T> one = left < size ? heap[left] : null;
        KeyedLane<T> other = left + 1 < size ? heap[left + 1] : null;
        return one == null || other == null || isBefore(one, other) ? one : other;
    }

    private boolean isBefore(KeyedLane<T> one, KeyedLane<T> other) {
        long distance = moment(one) - moment(other);
        return distance < 0 || (distance == 0 && one.order - other.order < 0);
    }

    private void set(int index, KeyedLane<T> lane) {
        heap[index] = lane;
        place(lane, index);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> @Nullable KeyedLane<T>[] array(int length) {
        return new KeyedLane[length];
    }
}
