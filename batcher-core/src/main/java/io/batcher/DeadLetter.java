/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.List;

/**
 * Items that were given up, in order.
 *
 * @param batcher the batcher's name
 * @param items the items, unmodifiable
 * @param cause why they were given up
 * @param attempts the number of attempts made
 */
public record DeadLetter<T>(String batcher, List<T> items, Throwable cause, int attempts) {

    /** Copies the items. */
    public DeadLetter {
        items = List.copyOf(items);
    }

    /** Returns counts only, never items. */
    @Override
    public String toString() {
        return "DeadLetter[batcher=" + batcher + ", size=" + items.size() + ", cause="
                + cause.getClass().getName() + ", attempts=" + attempts + "]";
    }
}
