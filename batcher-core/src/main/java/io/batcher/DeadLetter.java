/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.List;

/**
 * Items that no attempt could save, in order.
 *
 * @param batcher the batcher's name
 * @param items the items, unmodifiable
 * @param cause why they were given up
 * @param attempts how many attempts were made with them
 */
public record DeadLetter<T>(String batcher, List<T> items, Throwable cause, int attempts) {

    /** Makes the list of items unmodifiable. */
    public DeadLetter {
        items = List.copyOf(items);
    }

    /** Returns counts only, never the items. */
    @Override
    public String toString() {
        return "DeadLetter[batcher=" + batcher + ", size=" + items.size() + ", cause="
                + cause.getClass().getName() + ", attempts=" + attempts + "]";
    }
}
