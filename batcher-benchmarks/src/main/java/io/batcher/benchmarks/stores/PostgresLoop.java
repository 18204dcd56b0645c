/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.benchmarks.stores.GroupedAdds.Call;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Items in a table of PostgreSQL, by hand: threads insert, and one thread selects, handles and deletes them in a transaction. No attempt
 * is recorded, nothing is retried, one process delivers.
 */
final class PostgresLoop implements StoreContender {

    /** How items are inserted. */
    enum Insert {
        /** Each call in a transaction of its own. */
        AUTO_COMMIT,
        /** Calls of all threads share transactions. */
        GROUPED
    }

    /**
     * How they are delivered.
     *
     * @param batch at most so many at once
     * @param isLocking whether the select locks rows and skips those that others have locked, so that several processes could do it
     * @param waitMillis how long it waits after a batch that was not full
     * @param waitsAlways whether it waits after each batch
     */
    record Delivery(int batch, boolean isLocking, long waitMillis, boolean waitsAlways) {}

    private final Postgres postgres;
    private final Insert insert;
    private final Delivery delivery;
    private final Handled handled;
    private final String table;
    private final GroupedAdds adds = new GroupedAdds();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;
    private volatile @Nullable Exception failure;

    PostgresLoop(Postgres postgres, Insert insert, Delivery delivery, Handled handled) throws SQLException {
        this.postgres = postgres;
        this.insert = insert;
        this.delivery = delivery;
        this.handled = handled;
        this.table = postgres.newPrefix() + "item";
        postgres.execute("create table " + table
                + " (id bigint generated always as identity primary key, payload bytea not null)");
        if (insert == Insert.GROUPED) {
            start(this::insertGroups);
        }
    }

    private interface Task {
        void run() throws SQLException, InterruptedException;
    }

    private void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (SQLException | InterruptedException e) {
                failure = e;
            }
        });
        threads.add(thread);
        thread.start();
    }

    @Override
    public void add(byte[] item) throws SQLException {
        if (insert == Insert.GROUPED) {
            adds.add(List.of(item));
            return;
        }
        try (Connection connection = postgres.dataSource().getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("insert into " + table + " (payload) values (?)")) {
            statement.setBytes(1, item);
            statement.executeUpdate();
        }
    }

    @Override
    public void addAll(List<byte[]> items) throws SQLException {
        if (insert == Insert.GROUPED) {
            adds.add(items);
            return;
        }
        try (Connection connection = postgres.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(unnest())) {
            insert(statement, items);
        }
    }

    private String unnest() {
        return "insert into " + table + " (payload) select unnest(?::bytea[])";
    }

    private static void insert(PreparedStatement statement, List<byte[]> items) throws SQLException {
        statement.setArray(1, statement.getConnection().createArrayOf("bytea", items.toArray(new byte[0][])));
        statement.executeUpdate();
    }

    private void insertGroups() throws SQLException, InterruptedException {
        try (Connection connection = postgres.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(unnest())) {
            while (!ended) {
                List<Call> calls = adds.next(10);
                if (!calls.isEmpty()) {
                    List<byte[]> items = new ArrayList<>();
                    calls.forEach(call -> items.addAll(call.items));
                    boolean stored = false;
                    try {
                        insert(statement, items);
                        stored = true;
                    } finally {
                        GroupedAdds.complete(calls, stored);
                    }
                }
            }
        }
    }

    @Override
    public void deliver() {
        start(this::deliverAll);
    }

    private void deliverAll() throws SQLException, InterruptedException {
        String sql = "select id, payload from " + table + " order by id limit " + delivery.batch
                + (delivery.isLocking ? " for update skip locked" : "");
        try (Connection connection = postgres.dataSource().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                PreparedStatement delete =
                        connection.prepareStatement("delete from " + table + " where id = any (?::bigint[])")) {
            connection.setAutoCommit(false);
            while (!ended) {
                List<Long> ids = read(select);
                if (!ids.isEmpty()) {
                    handled.add(ids.size());
                    delete.setArray(1, connection.createArrayOf("int8", ids.toArray()));
                    delete.executeUpdate();
                }
                connection.commit();
                if (delivery.waitsAlways || ids.size() < delivery.batch) {
                    TimeUnit.MILLISECONDS.sleep(ids.isEmpty() ? Math.max(1, delivery.waitMillis) : delivery.waitMillis);
                }
            }
        }
    }

    private static List<Long> read(PreparedStatement select) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                if (rows.getBytes(2).length == 0) {
                    throw new IllegalStateException("an item is empty");
                }
            }
        }
        return ids;
    }

    @Override
    public long stored() throws SQLException {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return postgres.count(table);
    }

    @Override
    public void close() throws Exception {
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        postgres.execute("drop table " + table);
    }
}
