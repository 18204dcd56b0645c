/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Keeps items in a local file or in a PostgreSQL database.
 *
 * <ul>
 *   <li>{@link #file} keeps them in an SQLite file of one process. It needs the dependency {@code org.xerial:sqlite-jdbc}.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class JdbcStore implements ItemStore {

    static final String DEFAULT_PREFIX = "batcher_";
    static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);
    static final Duration DEFAULT_POLL = Duration.ofSeconds(1);
    static final int DEFAULT_MAX_ITEM_SIZE = 1 << 20;

    private final Backend backend;
    private final int maxItemSize;

    /** The open sessions by batcher. Guarded by this object's monitor, as are opening and closing the database. */
    private final Map<String, JdbcSession> sessions = new HashMap<>();

    JdbcStore(Backend backend, int maxItemSize) {
        this.backend = backend;
        this.maxItemSize = maxItemSize;
    }

    /**
     * Returns a store in a directory, which one process uses at a time. The directory is created when the store opens, readable by its
     * owner only; it is not deleted. Each item is on disk when the call that adds it returns.
     *
     * @param directory a directory of its own for each process; its last element is no symbolic link
     */
    public static JdbcStore file(Path directory) {
        return file(directory, UnaryOperator.identity(), DEFAULT_POLL, DEFAULT_LEASE);
    }

    static JdbcStore file(Path directory, UnaryOperator<Connection> wrapper, Duration poll, Duration lease) {
        String owner = UUID.randomUUID().toString();
        StoreTimer timer = new StoreTimer("batcher-store-file");
        SqliteFile file = new SqliteFile(directory, wrapper);
        Tables.Names names = new Tables.Names(DEFAULT_PREFIX);
        return new JdbcStore(new FileBackend(file, names, owner, timer, poll, lease), DEFAULT_MAX_ITEM_SIZE);
    }

    @Override
    public String kind() {
        return backend.kind();
    }

    @Override
    public synchronized StoreSession open(StoreContext context) {
        if (sessions.containsKey(context.batcher())) {
            throw new IllegalStateException(
                    "Batcher \"" + context.batcher()
                            + "\" has a session in this store. Close the other batcher of that name, or name this one differently");
        }
        boolean first = sessions.isEmpty();
        if (first) {
            backend.database().open();
        }
        try {
            Tables tables = backend.tables(context);
            int partitions = backend.openPartitions(tables, context);
            if (partitions != context.partitions()) {
                Log.warning("Batcher \"" + context.batcher() + "\" keeps its " + partitions + " partitions instead of "
                        + context.partitions()
                        + ": items are stored, or other instances are running. The new number is used by a"
                        + " start without either");
            }
            JdbcSession session = new JdbcSession(this, backend, tables, context, partitions);
            sessions.put(context.batcher(), session);
            return session;
        } catch (RuntimeException e) {
            if (first) {
                backend.database().close();
            }
            throw e;
        }
    }

    synchronized void closed(JdbcSession session) {
        if (sessions.remove(session.tables().batcher, session) && sessions.isEmpty()) {
            backend.database().close();
        }
    }

    int maxItemSize() {
        return maxItemSize;
    }

    /** Loses the connection to what is stored, as the end of the process would. For tests. */
    synchronized void abandon() {
        sessions.clear();
        backend.database().close();
    }
}
