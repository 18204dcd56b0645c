/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lane for each key that has items: made on the first one, gone when empty. Items without a key have lanes of their own. No slot is
 * claimed without the lock: a lane may go at any moment.
 */
final class LanePerKey<T> extends LaneTable<T> {

    /** Above this many keys the table is replaced when few of them are left. */
    private static final int KEPT_KEYS = 64;

    /** The part of the most keys that is left then: copying them costs less than they did. */
    private static final int LEFT_PART = 8;

    /** Never shrinks by itself, so it is replaced: what many keys needed once is not kept. */
    private Map<Object, ScheduledLane<T>> byKey = new HashMap<>();

    /** The most keys that the map has had. */
    private int mostKeys;

    private final @Nullable ScheduledLane<T>[] withoutKey;
    private final Function<@Nullable Object, ScheduledLane<T>> maker;
    private final KeylessItems<T> keyless;

    /**
     * Creates no lane yet.
     *
     * @param lanesWithoutKey how many lanes items without a key have
     * @param maker creates a lane for a key; null for none
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    LanePerKey(int lanesWithoutKey, Function<@Nullable Object, ScheduledLane<T>> maker) {
        this.withoutKey = new ScheduledLane[lanesWithoutKey];
        this.maker = maker;
        this.keyless = new KeylessItems<>(lanesWithoutKey, this::lane);
    }

    @Override
    @Nullable ScheduledLane<T> claimable(@Nullable Object key) {
        return null;
    }

    @Override
    @Nullable Object group(@Nullable Object key) {
        return key;
    }

    @Override
    @Nullable ScheduledLane<T> find(Object key) {
        return byKey.get(key);
    }

    @Override
    ScheduledLane<T> laneFor(@Nullable Object key) {
        if (key == null) {
            return keyless.choose();
        }
        ScheduledLane<T> lane = byKey.computeIfAbsent(key, maker);
        mostKeys = Math.max(mostKeys, byKey.size());
        return lane;
    }

    /** Returns for how many keys the map has a table. */
    int keysProvidedFor() {
        return mostKeys;
    }

    private ScheduledLane<T> lane(int index) {
        ScheduledLane<T> lane = withoutKey[index];
        if (lane == null) {
            lane = maker.apply(null);
            withoutKey[index] = lane;
        }
        return lane;
    }

    @Override
    boolean remove(ScheduledLane<T> lane) {
        if (lane.keyOrNull() != null) {
            shrink();
            byKey.remove(lane.keyOrNull(), lane);
        } else {
            for (int i = 0; i < withoutKey.length; i++) {
                withoutKey[i] = withoutKey[i] == lane ? null : withoutKey[i];
            }
            keyless.removed(lane);
        }
        return true;
    }

    private void shrink() {
        if (mostKeys > KEPT_KEYS && byKey.size() <= mostKeys / LEFT_PART) {
            byKey = new HashMap<>(byKey);
            mostKeys = byKey.size();
        }
    }

    @Override
    boolean isFixed() {
        return false;
    }

    @Override
    List<ScheduledLane<T>> all() {
        List<ScheduledLane<T>> all = new ArrayList<>(byKey.values());
        for (ScheduledLane<T> lane : withoutKey) {
            if (lane != null) {
                all.add(lane);
            }
        }
        return all;
    }

    @Override
    int count() {
        int count = byKey.size();
        for (ScheduledLane<T> lane : withoutKey) {
            count += lane == null ? 0 : 1;
        }
        return count;
    }
}
