/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A fixed number of lanes, among which keys are spread by their hash. */
final class HashedLanes<T> extends LaneTable<T> {

    /**
     * Written under the lock and read without it: all that a reader needs of a lane is final or volatile, and one that it does not see yet
     * only sends it to the lock.
     */
    private final @Nullable ScheduledLane<T>[] lanes;

    private final Function<@Nullable Object, ScheduledLane<T>> maker;
    private final KeylessItems<T> keyless;

    /**
     * Creates no lane yet.
     *
     * @param maker creates a lane for a key that all its items have, here none
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    HashedLanes(int lanes, Function<@Nullable Object, ScheduledLane<T>> maker) {
        this.lanes = new ScheduledLane[lanes];
        this.maker = maker;
        this.keyless = new KeylessItems<>(lanes, this::lane);
    }

    @Override
    @Nullable ScheduledLane<T> claimable(@Nullable Object key) {
        return key == null ? keyless.current() : lanes[index(key)];
    }

    @Override
    @Nullable Object group(@Nullable Object key) {
        return key == null ? null : (Integer) index(key);
    }

    /**
     * Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4): a multiplication by 2^32 divided by the golden ratio spreads
     * hash codes that differ in a few bits, before the high bits choose the lane. Not a longer mix: a producer waits for it before each claim.
     */
    private int index(Object key) {
        int hash = key.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x9e3779b9;
        return (int) ((Integer.toUnsignedLong(hash) * lanes.length) >>> Integer.SIZE);
    }

    @Override
    @Nullable ScheduledLane<T> find(Object key) {
        return lanes[index(key)];
    }

    @Override
    ScheduledLane<T> laneFor(@Nullable Object key) {
        return key == null ? keyless.choose() : lane(index(key));
    }

    private ScheduledLane<T> lane(int index) {
        if (lanes[index] == null) {
            lanes[index] = maker.apply(null);
        }
        return Objects.requireNonNull(lanes[index]);
    }

    @Override
    boolean remove(ScheduledLane<T> lane) {
        return false;
    }

    @Override
    boolean isFixed() {
        return true;
    }

    @Override
    List<ScheduledLane<T>> all() {
        List<ScheduledLane<T>> all = new ArrayList<>(lanes.length);
        for (ScheduledLane<T> lane : lanes) {
            if (lane != null) {
                all.add(lane);
            }
        }
        return all;
    }

    @Override
    int count() {
        return lanes.length;
    }
}
