/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

/**
 * Keeps the items of batchers: a file, a database, a log. One store serves many batchers: it opens with the first session and closes
 * with the last, and can be opened again.
 *
 * <p>Thread-safe.
 */
public interface ItemStore {

    /** Returns what kind of store this is, in lower case: {@code "file"}, {@code "jdbc"}, {@code "kafka"}. */
    String kind();

    /** Returns whether other processes may serve the same batchers. If not, a process delivers what it has stored before it ends. */
    default boolean isShared() {
        return true;
    }

    /** Returns whether a capacity limits how many items are stored: not in a log, which is bounded by other means. */
    default boolean isBounded() {
        return true;
    }

    /** Returns whether {@link StoreSession#inTransaction} works. */
    default boolean isTransactional() {
        return false;
    }

    /**
     * Opens the store for one batcher. The session owns no partition before {@link StoreSession#start}.
     *
     * @throws io.batcher.BatcherStoreException if the store cannot be reached or is in use by another process
     * @throws IllegalStateException if a session of that batcher is open in this store
     */
    StoreSession open(StoreContext context);
}
