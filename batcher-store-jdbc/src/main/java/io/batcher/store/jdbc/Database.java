/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.util.function.Supplier;

/** Runs transactions. Thread-safe. Fails with {@link io.batcher.BatcherStoreException}. */
interface Database extends AutoCloseable {

    /** Connects, and makes or checks the tables. */
    void open();

    /** Runs work and returns after its commit. */
    <R> R run(String what, Work<R> work);

    /** Runs work that is one statement and returns after its commit. */
    default <R> R runStatement(String what, Work<R> work) {
        return run(what, work);
    }

    /** Runs work that is one query and changes nothing. */
    default <R> R read(String what, Work<R> work) {
        return run(what, work);
    }

    /** Returns false if the last call got no connection: what ends by itself with a lease then need not wait for one. */
    default boolean isReachable() {
        return true;
    }

    @Override
    void close();

    /**
     * Fails at once if the database is not reachable, so that closing does not wait for a connection again and again.
     *
     * @throws BatcherStoreException if the last call got no connection
     */
    default void requireReachable(String what) {
        if (!isReachable()) {
            throw new BatcherStoreException(
                    "Cannot " + what + ": the last call got no connection to the database", null);
        }
    }

    /** Returns the exception of a call on a closed store. */
    static Supplier<IllegalStateException> closed(String what) {
        return () -> new IllegalStateException("Cannot " + what + ": the store is closed");
    }
}
