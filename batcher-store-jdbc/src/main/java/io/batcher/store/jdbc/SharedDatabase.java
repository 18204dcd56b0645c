/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL through a {@code DataSource}. Each call has a connection of its own while it runs and leaves it as it was. Appends of
 * all threads share commits.
 */
final class SharedDatabase implements Database {

    private static final int MAX_GROUP = 10_000;

    /** An append of one thread. */
    private static final class Append extends GroupCommit.Call {
        private final List<PostgresInserts.Added> items;
        private long @Nullable [] ids;

        Append(List<PostgresInserts.Added> items) {
            this.items = items;
        }

        @Override
        int weight() {
            return items.size();
        }
    }

    private final DataSource dataSource;
    private final Tables.Names names;
    private final boolean initializeSchema;
    private final Duration timeout;
    private final PostgresInserts inserts;
    private final GroupCommit<Append> commits = new GroupCommit<>(MAX_GROUP, this::runGroup);
    private volatile boolean open;

    /** Whether the last call got a connection. */
    private volatile boolean reachable = true;

    /** Whether connections come with another isolation than READ COMMITTED; asking each one would cost a round trip. */
    private volatile boolean setsIsolation;

    SharedDatabase(DataSource dataSource, Tables.Names names, boolean initializeSchema, Duration timeout) {
        this.dataSource = dataSource;
        this.names = names;
        this.initializeSchema = initializeSchema;
        this.timeout = timeout;
        this.inserts = new PostgresInserts(names);
    }

    @Override
    public void open() {
        open = true;
        try {
            run("open", jdbc -> {
                Connection connection = jdbc.connection();
                String product = connection.getMetaData().getDatabaseProductName();
                if (!product.equals("PostgreSQL")) {
                    throw new BatcherStoreException(
                            "The JDBC store needs PostgreSQL, but the DataSource leads to " + product
                                    + ". Use JdbcStore.file for a store without a server",
                            null);
                }
                setsIsolation = connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED;
                if (initializeSchema) {
                    PostgresSchema.create(jdbc, names);
                } else {
                    PostgresSchema.check(jdbc, names);
                }
                PostgresSchema.warnOfSettings(jdbc);
                return true;
            });
        } catch (RuntimeException e) {
            open = false;
            throw e;
        }
    }

    @Override
    public void close() {
        open = false;
    }

    /** Returns after how many seconds a statement ends. */
    int timeoutSeconds() {
        return seconds(timeout);
    }

    private static int seconds(Duration timeout) {
        return (int) Math.max(1, timeout.toSeconds());
    }

    /** Appends items of any batchers. Returns their ids. */
    long[] append(List<PostgresInserts.Added> items) {
        Append call = new Append(items);
        commits.submit(call);
        Throwable failure = call.failure();
        long[] ids = call.ids;
        if (failure == null && ids != null) {
            return ids;
        }
        if (failure instanceof BatcherStoreException store) {
            throw Failures.again(store);
        }
        throw Failures.unchecked(failure == null ? new IllegalStateException("an append has no result") : failure);
    }

    private void runGroup(List<Append> group) {
        try {
            insert(group);
        } catch (BatcherStoreException e) {
            if (group.size() == 1 || e.outcomeUnknown() || !Failures.isOfAnItem(e)) {
                group.forEach(call -> call.complete(e));
            } else {
                // Nothing was stored. One of them is to blame; the others need not suffer.
                group.forEach(this::insertAlone);
            }
        }
    }

    private void insertAlone(Append call) {
        try {
            insert(List.of(call));
        } catch (RuntimeException e) {
            call.complete(e);
        }
    }

    private void insert(List<Append> group) {
        List<PostgresInserts.Added> all = new ArrayList<>();
        group.forEach(call -> all.addAll(call.items));
        long[] ids = runStatement("store items", jdbc -> inserts.insert(jdbc, all));
        int from = 0;
        for (Append call : group) {
            call.ids = Arrays.copyOfRange(ids, from, from + call.weight());
            from += call.weight();
            call.complete(null);
        }
    }

    @Override
    public <R> R run(String what, Work<R> work) {
        if (!open) {
            throw Database.closed(what).get();
        }
        try (Borrowed borrowed = borrow(false)) {
            R result = runOn(borrowed, work);
            commit(what, borrowed);
            return result;
        } catch (SQLException e) {
            throw failure(what, e, false);
        }
    }

    @Override
    public <R> R runStatement(String what, Work<R> work) {
        return runStatement(what, true, work);
    }

    @Override
    public <R> R read(String what, Work<R> work) {
        return runStatement(what, false, work);
    }

    /** Runs work that is one statement as a transaction of its own: without a commit there is one round trip less. */
    private <R> R runStatement(String what, boolean changes, Work<R> work) {
        if (!open) {
            throw Database.closed(what).get();
        }
        try (Borrowed borrowed = borrow(true)) {
            return runAlone(what, changes, borrowed, work);
        } catch (SQLException e) {
            throw failure(what, e, false);
        }
    }

    private static <R> R runAlone(String what, boolean changes, Borrowed borrowed, Work<R> work) {
        try (Jdbc jdbc = new Jdbc(borrowed.connection, borrowed.timeoutSeconds)) {
            return work.run(jdbc);
        } catch (SQLException e) {
            borrowed.failed(e);
            throw failure(what, e, changes && Failures.isUnknownAfterStatement(e));
        }
    }

    private static <R> R runOn(Borrowed borrowed, Work<R> work) throws SQLException {
        try (Jdbc jdbc = new Jdbc(borrowed.connection, borrowed.timeoutSeconds)) {
            return work.run(jdbc);
        } catch (Throwable e) {
            borrowed.rollBack(e);
            throw e;
        }
    }

    private static void commit(String what, Borrowed borrowed) {
        try {
            borrowed.connection.commit();
        } catch (SQLException e) {
            borrowed.rollBack(e);
            throw failure(what, e, Failures.isUnknownAfterCommit(e));
        }
    }

    private static BatcherStoreException failure(String what, SQLException cause, boolean unknown) {
        String result = unknown
                ? "Its answer was lost: it may have taken effect"
                : Failures.isTimeout(cause)
                        ? "It took longer than the timeout of the store, and nothing of it took effect. Raise the timeout, or"
                                + " add fewer items in a call"
                        : "Nothing of it took effect; it can be repeated";
        return new BatcherStoreException(
                "Cannot " + what + ": the database failed (SQL state " + cause.getSQLState() + "). " + result,
                cause,
                unknown);
    }

    /** A connection and how it was before. */
    private static final class Borrowed implements AutoCloseable {
        private final Connection connection;
        private final int timeoutSeconds;
        private final boolean autoCommit;
        private final boolean setsAutoCommit;
        private int isolation = -1;
        private int networkTimeout = -1;

        /** Whether it is not restored: it is lost, or a transaction that switching autocommit on would commit is open. */
        private boolean isToDiscard;

        Borrowed(Connection connection, Duration timeout, boolean setsIsolation, boolean wantsAutoCommit)
                throws SQLException {
            this.connection = connection;
            this.timeoutSeconds = seconds(timeout);
            try {
                // Longer than a statement may take, so that the database gets to answer first.
                setNetworkTimeout((int) Math.min(Integer.MAX_VALUE, timeout.toMillis() * 2));
                autoCommit = connection.getAutoCommit();
                if (setsIsolation) {
                    isolation = connection.getTransactionIsolation();
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                }
                setsAutoCommit = autoCommit != wantsAutoCommit;
                if (setsAutoCommit) {
                    connection.setAutoCommit(wantsAutoCommit);
                }
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }

        private void setNetworkTimeout(int millis) throws SQLException {
            try {
                networkTimeout = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, millis);
            } catch (SQLFeatureNotSupportedException e) {
                networkTimeout = -1;
            }
        }

        /** Ends what a failed call has begun: to switch autocommit on would commit it. */
        void rollBack(Throwable cause) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                isToDiscard = true;
                cause.addSuppressed(e);
            }
        }

        void failed(SQLException e) {
            isToDiscard |= Failures.isOfTheConnection(e);
        }

        /** Restores the connection. One that cannot be is broken, and its pool notices. */
        @Override
        public void close() {
            try (connection) {
                if (isToDiscard) {
                    return;
                }
                if (setsAutoCommit) {
                    connection.setAutoCommit(autoCommit);
                }
                if (isolation >= 0) {
                    connection.setTransactionIsolation(isolation);
                }
                if (networkTimeout >= 0) {
                    connection.setNetworkTimeout(Runnable::run, networkTimeout);
                }
            } catch (SQLException e) {
                Log.closeFailed("a connection of the store", e);
            }
        }
    }

    @Override
    public boolean isReachable() {
        return reachable;
    }

    private Borrowed borrow(boolean autoCommit) throws SQLException {
        try {
            Borrowed borrowed = new Borrowed(dataSource.getConnection(), timeout, setsIsolation, autoCommit);
            reachable = true;
            return borrowed;
        } catch (SQLException e) {
            reachable = false;
            throw e;
        } catch (RuntimeException e) { // of a pool that begins with the first connection, or a proxy
            reachable = false;
            throw new SQLException("the DataSource has failed", "08001", e);
        }
    }
}
