/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.benchmarks.stores.GroupedAdds.Call;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor of a file: one thread and one connection of SQLite with the settings of the store. A transaction holds what was added
 * meanwhile and the removal of the batch before: one fsync for both. No attempt is recorded, nothing is retried, nothing is counted.
 */
final class SqliteLoop implements StoreContender {

    private static final int BATCH = 1_000;

    private final Handled handled;
    private final GroupedAdds adds = new GroupedAdds();
    private final Connection connection;
    private final Thread thread = new Thread(this::run, "sqlite-loop");
    private volatile boolean delivers;
    private volatile boolean ended;

    SqliteLoop(Path directory, Handled handled) throws SQLException {
        this.handled = handled;
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("loop.db"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma locking_mode = exclusive");
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
            statement.execute("create table item (id integer primary key autoincrement, payload blob not null)");
        }
        connection.setAutoCommit(false);
        thread.start();
    }

    @Override
    public void add(byte[] item) {
        adds.add(List.of(item));
    }

    @Override
    public void addAll(List<byte[]> items) {
        adds.add(items);
    }

    @Override
    public void deliver() {
        delivers = true;
    }

    private void run() {
        try (PreparedStatement insert = connection.prepareStatement("insert into item (payload) values (?)");
                PreparedStatement select =
                        connection.prepareStatement("select id, payload from item order by id limit " + BATCH);
                PreparedStatement delete = connection.prepareStatement("delete from item where id = ?")) {
            List<Long> done = new ArrayList<>();
            while (!ended || !done.isEmpty()) {
                List<Call> calls = adds.next(done.isEmpty() ? 1 : 0);
                for (Call call : calls) {
                    for (byte[] item : call.items) {
                        insert.setBytes(1, item);
                        insert.addBatch();
                    }
                }
                if (!calls.isEmpty()) {
                    insert.executeBatch();
                }
                for (long id : done) {
                    delete.setLong(1, id);
                    delete.addBatch();
                }
                if (!done.isEmpty()) {
                    delete.executeBatch();
                }
                connection.commit();
                GroupedAdds.complete(calls, true);
                done.clear();
                if (delivers) {
                    read(select, done);
                    handled.add(done.size());
                }
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void read(PreparedStatement select, List<Long> ids) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                if (rows.getBytes(2).length == 0) {
                    throw new IllegalStateException("an item is empty");
                }
            }
        }
    }

    /** Ends the loop, then counts. */
    @Override
    public long stored() throws Exception {
        end();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from item")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void end() throws InterruptedException {
        delivers = false;
        ended = true;
        thread.join();
    }

    @Override
    public void close() throws Exception {
        end();
        connection.close();
    }
}
