/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the lane of items that have no key: they stay in one until its batch is full or taken, then go to the next free one. Guarded by
 * the batcher's lock, except {@link #current}.
 */
final class KeylessItems<T> {

    private final int lanes;

    /** Returns a lane by its index; creates it if there is none. */
    private final IntFunction<ScheduledLane<T>> lane;

    private volatile @Nullable ScheduledLane<T> current;
    private int index = -1;

    /** How many items had been taken from the lane when it was chosen. */
    private long takenBefore;

    KeylessItems(int lanes, IntFunction<ScheduledLane<T>> lane) {
        this.lanes = lanes;
        this.lane = lane;
    }

    /** Returns the lane of the last choice; null if there was none. */
    @Nullable ScheduledLane<T> current() {
        return current;
    }

    /** Returns the lane for the next item. */
    ScheduledLane<T> choose() {
        ScheduledLane<T> chosen = current;
        if (chosen == null
                || chosen.buffer().firstWaiting() != takenBefore
                || chosen.buffer().full() != null) {
            chosen = nextFree();
            takenBefore = chosen.buffer().firstWaiting();
            current = chosen;
        }
        return chosen;
    }

    /** Returns the next lane without items; if there is none, the next that does not wait for a retry; else the next. */
    private ScheduledLane<T> nextFree() {
        int free = next(its -> its.isVacant() && !its.served);
        free = free >= 0 ? free : next(its -> !its.hasRetries());
        index = free >= 0 ? free : (index + 1) % lanes;
        return lane.apply(index);
    }

    /** Returns the index of the next lane of this kind; -1 if there is none. */
    private int next(Predicate<ScheduledLane<T>> kind) {
        for (int i = 1; i <= lanes; i++) {
            int at = (index + i) % lanes;
            if (kind.test(lane.apply(at))) {
                return at;
            }
        }
        return -1;
    }

    /** Forgets a lane that does not exist any more. */
    void removed(ScheduledLane<T> lane) {
        if (current == lane) {
            current = null;
        }
    }
}
