/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.List;

/** Stores items and hands them to a handler that counts them. Thread-safe. */
interface StoreContender extends AutoCloseable {

    /** Creates a contender with an empty store. */
    interface Factory {
        StoreContender create(Handled handled) throws Exception;
    }

    /** Returns when the item is durable. */
    void add(byte[] item) throws Exception;

    /** Returns when the items are durable. */
    default void addAll(List<byte[]> items) throws Exception {
        for (byte[] item : items) {
            add(item);
        }
    }

    /** Whether it delivers before the first add. Then {@link #addAll} stores all of its items at once. */
    default boolean isReadyBeforeAdds() {
        return false;
    }

    /** Begins to deliver. Returns when it is ready to. */
    void deliver() throws Exception;

    /** Returns how many items are stored. */
    long stored() throws Exception;

    @Override
    void close() throws Exception;
}
