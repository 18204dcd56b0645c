/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.NewItem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An SQLite file with one connection. Calls of all threads, reads included, run in groups that share a commit, which is one fsync of
 * the write-ahead log.
 *
 * <p>A call that fails spoils its group: it is rolled back, and each call runs again alone. After a failed rollback, or a failure of
 * the file, the connection is closed and the next group opens another.
 */
final class FileDatabase implements Database {

    /** Enough items for the cost of a commit not to matter, few enough for calls behind a large group to wait only milliseconds. */
    private static final int MAX_GROUP = 10_000;

    /** A call of one thread, which that thread waits for. */
    private static class Call<R> extends GroupCommit.Call {
        private final int weight;
        private final String what;
        private final Work<R> work;
        private @Nullable R result;

        Call(int weight, String what, Work<R> work) {
            this.weight = weight;
            this.what = what;
            this.work = work;
        }

        @Override
        final int weight() {
            return weight;
        }

        final void run(Jdbc jdbc) throws SQLException {
            result = work.run(jdbc);
        }

        final void result(R value) {
            result = value;
        }
    }

    /** An append. Those of a group that have the same tables are one insert. */
    private static final class Append extends Call<long[]> {
        private final Tables tables;
        private final List<NewItem> items;

        Append(Tables tables, List<NewItem> items) {
            super(items.size(), "store items", jdbc -> tables.insert(jdbc, items));
            this.tables = tables;
            this.items = items;
        }
    }

    private final SqliteFile file;
    private final Tables.Names names;
    private final AtomicLong lastId = new AtomicLong();
    private final GroupCommit<Call<?>> commits = new GroupCommit<>(MAX_GROUP, this::runGroup);

    // Guarded by this object's monitor, which the thread that runs a group holds.

    private @Nullable Jdbc jdbc;
    private boolean closed = true;
    private @Nullable String loss;

    FileDatabase(SqliteFile file, Tables.Names names) {
        this.file = file;
        this.names = names;
    }

    /** Returns what had been lost when the store opened; null if nothing is known of a loss. */
    synchronized @Nullable String loss() {
        return loss;
    }

    AtomicLong lastIds() {
        return lastId;
    }

    @Override
    public synchronized void open() {
        closed = false;
        try {
            connected();
            loss = file.loss();
        } catch (SQLException e) {
            closed = true;
            throw failure("open", e);
        } catch (RuntimeException e) {
            closed = true;
            throw e;
        }
    }

    @Override
    public <R> R run(String what, Work<R> work) {
        return submit(new Call<>(1, what, work));
    }

    /** Appends items of a batcher. Returns their ids. */
    long[] append(Tables tables, List<NewItem> items) {
        return submit(new Append(tables, items));
    }

    @SuppressWarnings("NullAway") // The result is null only if the work returns null.
    private <R> R submit(Call<R> call) {
        commits.submit(call);
        Throwable failure = call.failure();
        if (failure == null) {
            return call.result;
        }
        if (failure instanceof SQLException sql) {
            throw failure(call.what, sql);
        }
        if (failure instanceof BatcherStoreException store) {
            throw Failures.again(store);
        }
        throw Failures.unchecked(failure);
    }

    private synchronized void runGroup(List<Call<?>> group) {
        Throwable failure = tryGroup(group);
        boolean isUnknown = failure instanceof BatcherStoreException store && store.outcomeUnknown();
        if (failure == null || group.size() == 1 || isUnknown) {
            group.forEach(call -> call.complete(failure));
        } else {
            group.forEach(call -> call.complete(tryGroup(List.of(call))));
        }
    }

    /** Runs calls in one transaction. Returns why nothing of it happened; null if it was committed. */
    private @Nullable Throwable tryGroup(List<Call<?>> group) {
        try {
            Jdbc current = connected();
            long idsBefore = lastId.get();
            try {
                runAll(current, group);
            } catch (Throwable e) {
                rollBack(current, e);
                return e;
            }
            return commit(current, idsBefore);
        } catch (SQLException | RuntimeException e) {
            return e;
        }
    }

    private static void runAll(Jdbc current, List<Call<?>> group) throws SQLException {
        Map<Tables, List<Append>> appends = new LinkedHashMap<>();
        for (Call<?> call : group) {
            if (call instanceof Append append) {
                appends.computeIfAbsent(append.tables, tables -> new ArrayList<>())
                        .add(append);
            }
        }
        for (List<Append> each : appends.values()) {
            insert(current, each);
        }
        for (Call<?> call : group) {
            if (!(call instanceof Append)) {
                call.run(current);
            }
        }
    }

    private static void insert(Jdbc current, List<Append> appends) throws SQLException {
        if (appends.size() == 1) {
            appends.get(0).run(current);
            return;
        }
        List<NewItem> items = new ArrayList<>();
        appends.forEach(append -> items.addAll(append.items));
        long[] ids = appends.get(0).tables.insert(current, items);
        int from = 0;
        for (Append append : appends) {
            append.result(Arrays.copyOfRange(ids, from, from + append.weight()));
            from += append.weight();
        }
    }

    private @Nullable Throwable commit(Jdbc current, long idsBefore) {
        try {
            current.connection().commit();
            return null;
        } catch (SQLException e) {
            // What reached the log decides: open it again and look for the rows of this transaction. Without inserts it
            // is not known, and need not be, because everything else can be repeated.
            disconnect();
            try {
                boolean committed = lastId.get() > idsBefore && SqliteTables.isAnyAfter(connected(), names, idsBefore);
                return committed ? null : e;
            } catch (SQLException | RuntimeException again) {
                e.addSuppressed(again);
                return new BatcherStoreException(
                        file
                                + " failed at a commit and cannot be opened again: what was being stored may have been stored",
                        e,
                        true);
            }
        }
    }

    private void rollBack(Jdbc current, Throwable cause) {
        try {
            current.connection().rollback();
            // A statement may be left with rows of a batch that it has not executed.
            current.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
            disconnect();
        }
    }

    private Jdbc connected() throws SQLException {
        if (closed) {
            throw Database.closed("use the store").get();
        }
        Jdbc current = jdbc;
        if (current == null) {
            Connection connection = file.connect();
            try {
                current = new Jdbc(connection, 0);
                SqliteTables.createSchema(current, names);
                lastId.accumulateAndGet(SqliteTables.lastId(current, names), Math::max);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                closeQuietly(connection, e);
                throw e;
            }
            jdbc = current;
        }
        return current;
    }

    private void disconnect() {
        Jdbc current = jdbc;
        jdbc = null;
        if (current != null) {
            try {
                current.connection().close();
            } catch (SQLException e) {
                Log.closeFailed(file.toString(), e);
            }
        }
    }

    private static void closeQuietly(Connection connection, Exception cause) {
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Jdbc current = jdbc;
        if (current != null) {
            try {
                file.markClosed(current);
            } catch (SQLException e) {
                Log.closeFailed(file.toString(), e);
            }
        }
        disconnect();
    }

    private BatcherStoreException failure(String what, SQLException cause) {
        String reason = SqliteFile.isDamaged(cause)
                ? "is damaged. " + SqliteFile.DAMAGE_HELP
                : "failed. Nothing of the call was stored. Check that the disk has room and is writable; the call can be repeated";
        return new BatcherStoreException("Cannot " + what + ": " + file + " " + reason, cause);
    }
}
