/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An item with a key, and what became of it. */
final class KeyedItem {

    final int producer;
    final @Nullable Integer key;

    /** Ascending among the items of the producer. */
    final int number;

    final AtomicReference<Item.@Nullable Outcome> outcome = new AtomicReference<>();

    KeyedItem(int producer, @Nullable Integer key, int number) {
        this.producer = producer;
        this.key = key;
        this.number = number;
    }

    @Nullable Integer key() {
        return key;
    }

    @Override
    public String toString() {
        return producer + ":" + key + ":" + number + "(" + outcome + ")";
    }
}
