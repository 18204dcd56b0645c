/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.StoreTransaction.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The transactions of an application, as a transaction manager keeps them for threads. */
final class TestTransactions implements ApplicationTransactions {

    private final DataSource dataSource;
    private final ThreadLocal<Transaction> current = new ThreadLocal<>();

    TestTransactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    private record Transaction(Connection connection, List<Consumer<Outcome>> callbacks) implements Active {
        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void afterCompletion(Consumer<Outcome> callback) {
            callbacks.add(callback);
        }

        private void end(Outcome outcome) {
            List.copyOf(callbacks).forEach(callback -> callback.accept(outcome));
        }
    }

    @Override
    public Optional<Active> current() {
        return Optional.ofNullable(current.get());
    }

    /** Returns the connection of the transaction that this thread is in. */
    Connection connection() {
        return current.get().connection();
    }

    @Override
    public boolean canRun() {
        return true;
    }

    @Override
    public void run(Body body) throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Transaction transaction = new Transaction(connection, new ArrayList<>());
            current.set(transaction);
            try {
                body.run();
            } catch (Throwable thrown) {
                current.remove();
                connection.rollback();
                transaction.end(Outcome.ROLLED_BACK);
                throw thrown;
            }
            current.remove();
            try {
                connection.commit();
            } catch (SQLException lost) {
                transaction.end(Outcome.UNKNOWN);
                throw new BatcherStoreException("the answer to the commit was lost", lost, true);
            }
            transaction.end(Outcome.COMMITTED);
        }
    }
}
