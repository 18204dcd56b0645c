/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.NewItem;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreSession;
import io.batcher.store.StoreTransaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** PostgreSQL, shared by instances. */
final class SharedBackend implements Backend {

    /** Counting costs at most a twentieth of the time. */
    private static final int COUNT_FACTOR = 20;

    private record Counted(StoreCount count, long at, long validNanos) {}

    private final SharedDatabase database;
    private final Tables.Names names;
    private final PostgresCluster cluster;
    private final Coordinator coordinator;
    private final ApplicationTransactions transactions;
    private final String owner;
    private final Duration poll;
    private final Duration lease;

    /** The last count by batcher. */
    private final Map<String, Counted> counts = new ConcurrentHashMap<>();

    /** Held while the items of a batcher are counted. */
    private final Map<String, ReentrantLock> counting = new ConcurrentHashMap<>();

    SharedBackend(
            SharedDatabase database,
            Tables.Names names,
            String owner,
            ApplicationTransactions transactions,
            Duration poll,
            Duration lease) {
        this.database = database;
        this.names = names;
        this.transactions = transactions;
        this.owner = owner;
        this.poll = poll;
        this.lease = lease;
        this.cluster = new PostgresCluster(names, owner, lease.toMillis());
        this.coordinator = new Coordinator(database, cluster, new StoreTimer("batcher-store-jdbc"), poll, lease);
    }

    Coordinator coordinator() {
        return coordinator;
    }

    @Override
    public String kind() {
        return "jdbc";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean isTransactional() {
        return transactions.canRun();
    }

    @Override
    public void inTransaction(JdbcSession session, StoreSession.TransactionBody body) throws Exception {
        transactions.run(() -> body.run(currentTransaction(session)
                .orElseThrow(() -> new BatcherStoreException(
                        "The application's transactions have begun one that is not on the store's data source",
                        null))));
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Tables tables(StoreContext context) {
        return new PostgresTables(names, context.batcher(), 0);
    }

    @Override
    public int openPartitions(Tables tables, StoreContext context) {
        return database.run("open the partitions", jdbc -> {
            PostgresSchema.lock(jdbc, names, tables.batcher);
            int partitions = partitions(jdbc, tables, context.partitions());
            cluster.renewMembers(jdbc, List.of(new PostgresCluster.Member(tables.batcher, false, partitions)));
            return partitions;
        });
    }

    /** Returns the stored number of partitions, which is the wanted one unless items wait or another instance lives. */
    private int partitions(Jdbc jdbc, Tables tables, int wanted) throws SQLException {
        boolean anotherAlive = cluster.isAnotherAlive(jdbc, tables.batcher);
        int stored = tables.partitions(jdbc);
        if (stored == wanted || (stored > 0 && (anotherAlive || tables.isAnyUpTo(jdbc, Long.MAX_VALUE)))) {
            return stored;
        }
        tables.createPartitions(jdbc, wanted);
        return wanted;
    }

    @Override
    public Ownership ownership(JdbcSession session) {
        return new SharedOwnership(session, coordinator, owner, lease.toMillis());
    }

    @Override
    public long[] append(Tables tables, List<NewItem> items) {
        return database.append(((PostgresTables) tables).added(items));
    }

    @Override
    public StoreCount count(JdbcSession session) {
        String batcher = session.tables().batcher;
        coordinator.requireCurrent(batcher); // so that health stays down until the restart
        ReentrantLock lock = counting.computeIfAbsent(batcher, unused -> new ReentrantLock());
        lock.lock(); // callers that come together need one count
        try {
            Counted last = counts.get(batcher);
            long now = System.nanoTime();
            if (last != null && now - last.at < last.validNanos) {
                return last.count;
            }
            StoreCount count = database.read("count items", session.tables()::count);
            long end = System.nanoTime();
            counts.put(batcher, new Counted(count, end, Math.max(poll.toNanos(), COUNT_FACTOR * (end - now))));
            return count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<StoreTransaction> currentTransaction(JdbcSession session) {
        Optional<ApplicationTransactions.Active> active = transactions.current();
        if (active.isEmpty()) {
            return Optional.empty();
        }
        if (active.get().isReadOnly()) {
            throw new BatcherStoreException(
                    "Cannot store items of batcher \"" + session.tables().batcher
                            + "\" in a read-only transaction. Begin it without readOnly, or add outside of it",
                    null);
        }
        return Optional.of(new JoinedTransaction(session, active.get(), database.timeoutSeconds()));
    }

    @Override
    public void leave(JdbcSession session) {
        counts.remove(session.tables().batcher);
        coordinator.leave(session.tables().batcher);
    }
}
