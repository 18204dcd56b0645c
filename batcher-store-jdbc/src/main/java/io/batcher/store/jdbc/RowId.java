/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.Position;
import io.batcher.store.StoredItem;
import java.util.Collection;

/** The position of an item: its row's id. Ids are never used again. */
record RowId(long value) implements Position {

    static long of(StoredItem item) {
        return ((RowId) item.position()).value;
    }

    static long[] of(Collection<StoredItem> items) {
        return items.stream().mapToLong(RowId::of).toArray();
    }
}
