/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt has settled, recorded in one transaction.
 *
 * @param handled leave the store
 * @param dead move to the dead letters
 * @param remaining what the partition's recorded batch is from now on, with {@link BatchRecord#retryIn}; null for none. Items that are
 *     neither here nor settled stay stored, and stay behind the cursor
 */
public record Settlement(
        List<StoredItem> handled,
        List<DeadItem> dead,
        @Nullable BatchRecord remaining) {

    /** Makes the lists unmodifiable. */
    public Settlement {
        handled = List.copyOf(handled);
        dead = List.copyOf(dead);
        if (remaining != null && remaining.isInterrupted()) {
            throw new IllegalArgumentException("remaining must have retryIn: the outcome of its attempt is known");
        }
    }

    /** Returns the settlement of a batch that was handled whole. */
    public static Settlement handled(List<StoredItem> items) {
        return new Settlement(items, List.of(), null);
    }
}
