/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.Position;
import io.batcher.store.StoredItem;

/**
 * The position of a record in the topic of a batcher.
 *
 * @param partition the number of the partition
 * @param offset the offset in it
 */
record KafkaPosition(int partition, long offset) implements Position {

    /** Returns the offset of an item of this store. */
    static long offset(StoredItem item) {
        return ((KafkaPosition) item.position()).offset;
    }
}
