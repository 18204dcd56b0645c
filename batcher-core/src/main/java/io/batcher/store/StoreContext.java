/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import io.batcher.BatcherClock;
import java.util.Objects;

/**
 * What a store has to know of a batcher.
 *
 * @param batcher the batcher's name
 * @param partitions how many partitions are wished for, from 1 to {@value #MAX_PARTITIONS}
 * @param clock the batcher's clock; only stores of a single process measure by it
 * @param listener is told of partitions
 */
public record StoreContext(String batcher, int partitions, BatcherClock clock, PartitionListener listener) {

    /** The most partitions that a batcher can have. */
    public static final int MAX_PARTITIONS = Short.MAX_VALUE;

    /** Checks the arguments. */
    public StoreContext {
        Objects.requireNonNull(batcher, "batcher");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(listener, "listener");
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new IllegalArgumentException(
                    "partitions must be from 1 to " + MAX_PARTITIONS + ", but was " + partitions);
        }
    }
}
