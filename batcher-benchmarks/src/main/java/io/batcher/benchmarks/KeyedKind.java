/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.function.Consumer;

/** Batchers with and without a key, and others that group or parallelise by key. */
public enum KeyedKind implements Contender.Factory {
    UNKEYED(BatcherContender::new),
    /** The control: what the key function and the hash cost without lanes. */
    UNKEYED_HASHED(HashingContender::new),
    KEYED_1((limits, handler) -> new BatcherContender(
            limits, handler, builder -> builder.key(Item::key).concurrency(1))),
    KEYED_8((limits, handler) -> new BatcherContender(
            limits, handler, builder -> builder.key(Item::key).concurrency(8))),
    BATCH_PER_KEY_8((limits, handler) -> new BatcherContender(
            limits, handler, builder -> builder.key(Item::key).concurrency(8).batchPerKey(true))),
    REACTOR_GROUP_BY(ReactorGroupsContender::new),
    MAP_OF_QUEUES(QueuePerKeyContender::new);

    private final Contender.Factory factory;

    KeyedKind(Contender.Factory factory) {
        this.factory = factory;
    }

    @Override
    public Contender create(Limits limits, Consumer<List<Item>> handler) {
        return factory.create(limits, handler);
    }
}
