/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

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

    @Override
    void close();

    /** Returns the exception of a call on a closed store. */
    static Supplier<IllegalStateException> closed(String what) {
        return () -> new IllegalStateException("Cannot " + what + ": the store is closed");
    }
}
