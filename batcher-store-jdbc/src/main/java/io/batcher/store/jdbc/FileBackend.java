/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.NewItem;
import io.batcher.store.PartitionListener;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An SQLite file. */
final class FileBackend implements Backend {

    private final FileDatabase database;
    private final Tables.Names names;
    private final String owner;
    private final StoreTimer timer;
    private final Duration pause;
    private final Duration lease;

    FileBackend(SqliteFile file, Tables.Names names, String owner, StoreTimer timer, Duration pause, Duration lease) {
        this.database = new FileDatabase(file, names);
        this.names = names;
        this.owner = owner;
        this.timer = timer;
        this.pause = pause;
        this.lease = lease;
    }

    @Override
    public String kind() {
        return "file";
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Tables tables(StoreContext context) {
        return new SqliteTables(names, context.batcher(), context.clock(), database.lastIds());
    }

    @Override
    public int openPartitions(Tables tables, StoreContext context) {
        int partitions = database.run("open the partitions", jdbc -> {
            int stored = tables.partitions(jdbc);
            if (stored == context.partitions() || (stored > 0 && tables.isAnyUpTo(jdbc, Long.MAX_VALUE))) {
                return stored;
            }
            tables.createPartitions(jdbc, context.partitions());
            return context.partitions();
        });
        String loss = database.loss();
        if (loss != null) {
            context.listener().damaged(PartitionListener.ALL, 0, loss);
        }
        Map<Integer, Long> missing = database.run("compare counts", ((SqliteTables) tables)::missing);
        missing.forEach((part, items) ->
                context.listener().damaged(part, items, "items are missing in the file: it was damaged or replaced"));
        return partitions;
    }

    @Override
    public Ownership ownership(JdbcSession session) {
        return new FileOwnership(session, (SqliteTables) session.tables(), owner, timer, pause, lease);
    }

    @Override
    public long[] append(Tables tables, List<NewItem> items) {
        return database.append(tables, items);
    }

    @Override
    public StoreCount count(JdbcSession session) {
        return database.run("count items", session.tables()::count);
    }

    @Override
    public Optional<StoreTransaction> currentTransaction(JdbcSession session) {
        return Optional.empty();
    }

    @Override
    public void leave(JdbcSession session) {
        // Nothing in the file tells of a session.
    }
}
