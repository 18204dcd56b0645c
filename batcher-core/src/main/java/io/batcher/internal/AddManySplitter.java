/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.lanes.Lanes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Divides the items of a call among the lanes, on the thread that adds them and without the lock: keys and weights are user code. */
final class AddManySplitter<T> {

    /** The items of a lane, and the key of the first. */
    private static final class Group<T> {
        private final @Nullable Object key;
        private final List<T> items = new ArrayList<>();

        Group(@Nullable Object key) {
            this.key = key;
        }
    }

    private final BatcherConfig<T> config;
    private final Lanes<T> lanes;

    AddManySplitter(BatcherConfig<T> config, Lanes<T> lanes) {
        this.config = config;
        this.lanes = lanes;
    }

    /**
     * Creates the request for the items.
     *
     * @throws IllegalArgumentException if more items of one key than {@code capacityPerKey} are among them
     */
    AddRequest<T> byLane(List<T> items) {
        Function<? super T, ?> keys = Objects.requireNonNull(config.key());
        Map<@Nullable Object, Group<T>> groups = new LinkedHashMap<>();
        for (T item : items) {
            Object key = keys.apply(item);
            groups.computeIfAbsent(lanes.group(key), lane -> new Group<>(key))
                    .items
                    .add(item);
        }
        requireWithinBound(groups);
        List<AddRequest<T>> parts = new ArrayList<>(groups.size());
        for (Group<T> group : groups.values()) {
            parts.add(new AddRequest<>(group.items, group.key, null, config.weigher()));
        }
        return parts.size() == 1 ? parts.get(0) : new AddRequest<>(items, parts);
    }

    private void requireWithinBound(Map<@Nullable Object, Group<T>> groups) {
        int bound = config.capacityPerKey().orElse(Integer.MAX_VALUE);
        for (Group<T> group : groups.values()) {
            if (group.key != null && group.items.size() > bound) {
                throw new IllegalArgumentException(
                        "addMany takes at most as many items of one key as the capacityPerKey of batcher \""
                                + config.name() + "\", " + bound + ", but the collection has " + group.items.size()
                                + " of one; nothing was added");
            }
        }
    }
}
