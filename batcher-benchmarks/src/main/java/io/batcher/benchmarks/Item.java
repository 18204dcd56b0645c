/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

/** An item. */
record Item(int value) {

    /** How many keys the items have. */
    static final int KEYS = 64;

    private static final int COUNT = 1_024;
    private static final Item[] ITEMS = new Item[COUNT];

    static {
        for (int i = 0; i < COUNT; i++) {
            ITEMS[i] = new Item(i);
        }
    }

    /** Returns the key: small numbers are not allocated. */
    Integer key() {
        return value % KEYS;
    }

    /** Returns an existing item, so that only the contender allocates. */
    static Item of(int number) {
        return ITEMS[number & (COUNT - 1)];
    }
}
