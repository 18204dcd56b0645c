/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.PartitionListener;
import io.batcher.store.Position;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreMark;
import io.batcher.store.StoreSession;
import io.batcher.store.StoreTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One batcher on a database. */
final class JdbcSession implements StoreSession {

    private final JdbcStore store;
    private final Backend backend;
    private final Database database;
    private final Tables tables;
    private final StoreContext context;
    private final int partitions;
    private final Ownership ownership;
    private final Map<Integer, JdbcPartition> held = new ConcurrentSkipListMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    JdbcSession(JdbcStore store, Backend backend, Tables tables, StoreContext context, int partitions) {
        this.store = store;
        this.backend = backend;
        this.database = backend.database();
        this.tables = tables;
        this.context = context;
        this.partitions = partitions;
        this.ownership = backend.ownership(this);
    }

    Tables tables() {
        return tables;
    }

    Database database() {
        return database;
    }

    PartitionListener listener() {
        return context.listener();
    }

    /** The partitions that this session holds, by number, those that end included. */
    Map<Integer, JdbcPartition> held() {
        return held;
    }

    int maxItemSize() {
        return store.maxItemSize();
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public boolean isShared() {
        return backend.isShared();
    }

    @Override
    public void start() {
        ownership.start();
    }

    @Override
    public void suspend() {
        ownership.suspend();
    }

    @Override
    public void resume() {
        ownership.start();
    }

    @Override
    public List<Position> append(List<NewItem> items) {
        check(items);
        if (items.isEmpty()) {
            return List.of();
        }
        long[] ids = backend.append(tables, items);
        appended(items);
        return positions(ids);
    }

    /** Refuses what cannot be stored, before anything is written. */
    void check(List<NewItem> items) {
        for (NewItem item : items) {
            if (item.payload().length > store.maxItemSize()) {
                throw new IllegalArgumentException("An item of batcher \"" + tables.batcher + "\" has "
                        + item.payload().length + " bytes, but max-item-size is " + store.maxItemSize()
                        + ". Store large contents elsewhere and add a reference");
            }
            if (item.partition() >= partitions) {
                throw new IllegalArgumentException("partition " + item.partition() + " does not exist: batcher \""
                        + tables.batcher + "\" has " + partitions);
            }
        }
    }

    /** Wakes the partitions of items that were committed. */
    void appended(List<NewItem> items) {
        Set<Integer> parts = new TreeSet<>();
        items.forEach(item -> parts.add(item.partition()));
        ownership.appended(parts);
    }

    static List<Position> positions(long[] ids) {
        List<Position> positions = new ArrayList<>(ids.length);
        Arrays.stream(ids).forEach(id -> positions.add(new RowId(id)));
        return positions;
    }

    @Override
    public Optional<StoreTransaction> currentTransaction() {
        return backend.currentTransaction(this);
    }

    @Override
    public void inTransaction(TransactionBody body) throws Exception {
        backend.inTransaction(this, body);
    }

    @Override
    public Map<Position, ItemState> states(Collection<Position> positions) {
        return database.read("read the state of items", jdbc -> tables.states(jdbc, positions));
    }

    @Override
    public StoreMark mark() {
        long last = database.read("read the last position", tables::lastId);
        return new StoreMark() {
            private volatile boolean settled;

            @Override
            public boolean isSettled() {
                settled = settled || !database.read("look for waiting items", jdbc -> tables.isAnyUpTo(jdbc, last));
                return settled;
            }
        };
    }

    @Override
    public StoreCount count() {
        return backend.count(this);
    }

    @Override
    public Optional<DeadLetters> deadLetters() {
        return Optional.of(new JdbcDeadLetters(this));
    }

    // Partitions

    /** Tells of a partition that was acquired. */
    void gained(JdbcPartition partition) {
        held.put(partition.number(), partition);
        listener().gained(partition);
    }

    void revoke(JdbcPartition partition) {
        if (partition.end()) {
            listener().revoked(partition);
        }
    }

    void lost(JdbcPartition partition) {
        if (partition.end()) {
            listener().lost(partition);
        }
    }

    void released(JdbcPartition partition, boolean forLease) {
        held.remove(partition.number(), partition);
        ownership.released(partition, forLease);
    }

    void available(@Nullable JdbcPartition partition) {
        if (partition != null && !partition.isEnding()) {
            listener().available(partition);
        }
    }

    void damaged(int partition, long items, String what) {
        listener().damaged(partition, items, what);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        ownership.close();
        List.copyOf(held.values()).forEach(JdbcPartition::release);
        try {
            backend.leave(this);
        } catch (BatcherStoreException e) {
            Log.warning("Batcher \"" + tables.batcher + "\" could not leave its store: others notice after a lease", e);
        } finally {
            store.closed(this);
        }
    }
}
