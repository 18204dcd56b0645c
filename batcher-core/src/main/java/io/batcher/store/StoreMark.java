/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

/** A place in a store, made by {@link StoreSession#mark}. Thread-safe. */
@FunctionalInterface
public interface StoreMark {

    /**
     * Returns whether nothing that was stored when the mark was made waits any more. Once true, it stays true.
     *
     * @throws io.batcher.BatcherStoreException if the store fails
     */
    boolean isSettled();
}
