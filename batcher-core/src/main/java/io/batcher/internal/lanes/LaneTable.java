/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which lane an item belongs to. Guarded by the batcher's lock, except {@link #claimable} and {@link #group}. */
abstract class LaneTable<T> {

    /** As {@link Lanes#claimable}. */
    abstract @Nullable ScheduledLane<T> claimable(@Nullable Object key);

    /** As {@link Lanes#group}. */
    abstract @Nullable Object group(@Nullable Object key);

    /** Returns the lane of a key; null if there is none now. */
    abstract @Nullable ScheduledLane<T> find(Object key);

    /** Returns the lane that an item with this key is added to; creates it if there is none. */
    abstract ScheduledLane<T> laneFor(@Nullable Object key);

    /** Removes a lane that has no item, if lanes come and go. Returns whether it did. */
    abstract boolean remove(ScheduledLane<T> lane);

    /** Whether the number of lanes does not grow with that of keys. */
    abstract boolean isFixed();

    /** Returns a copy of the list of lanes. */
    abstract List<ScheduledLane<T>> all();

    /** Returns how many lanes there are. */
    abstract int count();
}
