/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.StoreTransaction;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells a store of the transactions of an application, so that appends join them. An implementation stands on a transaction manager
 * and knows the store's {@code DataSource}.
 *
 * <p>Must be thread-safe. Called on the threads that add.
 */
@FunctionalInterface
public interface ApplicationTransactions {

    /** A transaction that is running. */
    interface Active {

        /** Returns its connection. The store neither closes it nor ends its transaction. */
        Connection connection();

        /** Returns whether it was begun as read-only. */
        boolean isReadOnly();

        /** Calls back once when it has ended, on the thread that ends it. */
        void afterCompletion(Consumer<StoreTransaction.Outcome> callback);
    }

    /** Returns the transaction of the calling thread on the store's {@code DataSource}; empty if there is none. */
    Optional<Active> current();
}
