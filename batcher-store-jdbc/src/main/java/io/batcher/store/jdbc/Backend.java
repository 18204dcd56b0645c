/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.NewItem;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreSession;
import io.batcher.store.StoreTransaction;
import java.util.List;
import java.util.Optional;

/** What differs between a file and a shared database. */
interface Backend {

    /** Returns the kind of store. */
    String kind();

    boolean isShared();

    /** Whether {@link #inTransaction} works. */
    default boolean isTransactional() {
        return false;
    }

    /** As {@link StoreSession#inTransaction}. */
    default void inTransaction(JdbcSession session, StoreSession.TransactionBody body) throws Exception {
        throw new UnsupportedOperationException(
                "a store of kind " + kind() + " runs no transactions of the application");
    }

    Database database();

    Tables tables(StoreContext context);

    /** Makes the rows of the batcher's partitions where they are missing. Returns how many there are. */
    int openPartitions(Tables tables, StoreContext context);

    Ownership ownership(JdbcSession session);

    /** Stores items in a transaction of its own, which others may share. Returns their ids. */
    long[] append(Tables tables, List<NewItem> items);

    StoreCount count(JdbcSession session);

    Optional<StoreTransaction> currentTransaction(JdbcSession session);

    /** Removes what the database knows of this process and batcher. */
    void leave(JdbcSession session);
}
