/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.internal.buffer.AddRequest;
import io.batcher.store.DeadItem;
import io.batcher.store.StoredItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the codec has made of stored items.
 *
 * @param stored the items that it could read, in order
 * @param items what it made of them, with their weights: the weigher is user code and not called under the lock
 * @param refused items that it refused and that are to be moved to the dead letters
 * @param undecided items at the end that it refused; what comes next tells whether they are to be moved
 * @param inARow how many items in a row it has refused up to the end
 * @param stop why nothing behind can be read in this process; null if it can
 */
public record DecodedItems<T>(
        List<StoredItem> stored,
        AddRequest<T> items,
        List<DeadItem> refused,
        List<DeadItem> undecided,
        int inARow,
        @Nullable String stop) {}
