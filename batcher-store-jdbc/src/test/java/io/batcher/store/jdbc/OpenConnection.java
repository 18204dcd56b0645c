/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.StoreTransaction;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The transaction of a connection that a test opens and ends, without a callback at its end. For use by one thread. */
final class OpenConnection implements ApplicationTransactions, ApplicationTransactions.Active {

    private @Nullable Connection connection;

    /** Makes stores join the transaction of a connection; null for none. */
    void use(@Nullable Connection joined) {
        connection = joined;
    }

    @Override
    public Optional<Active> current() {
        return connection == null ? Optional.empty() : Optional.of(this);
    }

    @Override
    public Connection connection() {
        return Optional.ofNullable(connection).orElseThrow();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void afterCompletion(Consumer<StoreTransaction.Outcome> callback) {
        // The tests read on their own.
    }
}
