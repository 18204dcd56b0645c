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
 * Tells a store of the transactions of an application, so that appends join them, and runs handlers in them. An implementation stands on
 * a transaction manager and knows the store's {@code DataSource}.
 *
 * <p>Must be thread-safe. Called on the threads that add and on those that call handlers.
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

    /** What {@link #run} runs in a transaction. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** Returns whether {@link #run} works. */
    default boolean canRun() {
        return false;
    }

    /**
     * Runs an action in a new transaction on the store's {@code DataSource}, which {@link #current} then returns. Commits when the action
     * returns; rolls back when it throws, whatever it throws, and throws that.
     *
     * @throws io.batcher.BatcherStoreException if the transaction cannot begin or commit; {@code outcomeUnknown} if the answer to the
     *     commit was lost
     */
    default void run(Body body) throws Exception {
        throw new UnsupportedOperationException("this implementation begins no transactions");
    }
}
