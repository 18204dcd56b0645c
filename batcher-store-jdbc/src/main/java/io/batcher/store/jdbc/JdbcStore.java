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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Keeps items in a local file or in a PostgreSQL database.
 *
 * <ul>
 *   <li>{@link #file} keeps them in an SQLite file of one process. It needs the dependency {@code org.xerial:sqlite-jdbc}.
 *   <li>{@link #on} and {@link #builder} keep them in PostgreSQL. Instances that use the same tables share the partitions of each
 *       batcher among them.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class JdbcStore implements ItemStore {

    static final String DEFAULT_PREFIX = "batcher_";
    static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

    /** Before a process takes back a partition of its file that it has released. */
    private static final Duration FILE_PAUSE = Duration.ofMillis(100);

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
        return file(directory, UnaryOperator.identity(), FILE_PAUSE, DEFAULT_LEASE);
    }

    static JdbcStore file(Path directory, UnaryOperator<Connection> wrapper, Duration pause, Duration lease) {
        String owner = UUID.randomUUID().toString();
        StoreTimer timer = new StoreTimer("batcher-store-file");
        SqliteFile file = new SqliteFile(directory, wrapper);
        Tables.Names names = new Tables.Names(DEFAULT_PREFIX);
        return new JdbcStore(new FileBackend(file, names, owner, timer, pause, lease), DEFAULT_MAX_ITEM_SIZE);
    }

    /** Returns a store in PostgreSQL with the defaults of {@link #builder}. */
    public static JdbcStore on(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /**
     * Begins a store in PostgreSQL.
     *
     * @param dataSource leads to one database. It is not closed. It gives connections of its own: one that takes part in the
     *     application's transactions by itself is not suitable
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** Settings of a store in PostgreSQL. */
    public static final class Builder {

        private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,39}");

        private final DataSource dataSource;
        private Duration lease = DEFAULT_LEASE;
        private Duration pollInterval = DEFAULT_POLL;
        private Duration timeout = Duration.ofSeconds(5);
        private String tablePrefix = DEFAULT_PREFIX;
        private boolean initializeSchema = true;
        private int maxItemSize = DEFAULT_MAX_ITEM_SIZE;
        private ApplicationTransactions transactions = Optional::empty;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /** How long an instance owns its partitions without renewing them, which it does each third of it. 30 s unless set. */
        public Builder lease(Duration lease) {
            this.lease = positive("lease", lease);
            return this;
        }

        /** How often an instance looks for what others have added, released or lost. 1 s unless set. */
        public Builder pollInterval(Duration pollInterval) {
            this.pollInterval = positive("pollInterval", pollInterval);
            return this;
        }

        /** How long a statement may take; the network gets twice as long. 5 s unless set; full seconds. */
        public Builder timeout(Duration timeout) {
            this.timeout = positive("timeout", timeout);
            return this;
        }

        /**
         * What the names of the tables begin with. {@code batcher_} unless set.
         *
         * @throws IllegalArgumentException if it is not a lower-case letter followed by at most 39 lower-case letters, digits and
         *     underscores
         */
        public Builder tablePrefix(String tablePrefix) {
            if (!PREFIX.matcher(tablePrefix).matches()) {
                throw new IllegalArgumentException(
                        "tablePrefix must match " + PREFIX + ", but was \"" + tablePrefix + "\"");
            }
            this.tablePrefix = tablePrefix;
            return this;
        }

        /** Whether missing tables are created when the store opens. True unless set. */
        public Builder initializeSchema(boolean initializeSchema) {
            this.initializeSchema = initializeSchema;
            return this;
        }

        /** The largest item in bytes, as the codec writes it. 1 MiB unless set. */
        public Builder maxItemSize(int maxItemSize) {
            if (maxItemSize < 1) {
                throw new IllegalArgumentException("maxItemSize must be at least 1, but was " + maxItemSize);
            }
            this.maxItemSize = maxItemSize;
            return this;
        }

        /** Which transactions of the application appends join and handlers run in. None unless set. */
        public Builder transactions(ApplicationTransactions transactions) {
            this.transactions = Objects.requireNonNull(transactions, "transactions");
            return this;
        }

        /**
         * Creates the store. It opens with its first session.
         *
         * @throws IllegalArgumentException if {@code pollInterval} is not less than a third of {@code lease}
         */
        public JdbcStore build() {
            if (pollInterval.multipliedBy(3).compareTo(lease) >= 0) {
                throw new IllegalArgumentException("pollInterval must be less than a third of lease (" + lease
                        + "), because leases are renewed by the poll, but was " + pollInterval);
            }
            Tables.Names names = new Tables.Names(tablePrefix);
            SharedDatabase database = new SharedDatabase(dataSource, names, initializeSchema, timeout);
            String owner = UUID.randomUUID().toString();
            return new JdbcStore(
                    new SharedBackend(database, names, owner, transactions, pollInterval, lease), maxItemSize);
        }

        private static Duration positive(String option, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(option + " must be more than zero, but was " + value);
            }
            return value;
        }
    }

    @Override
    public String kind() {
        return backend.kind();
    }

    @Override
    public boolean isShared() {
        return backend.isShared();
    }

    @Override
    public boolean isTransactional() {
        return backend.isTransactional();
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
            JdbcSession session =
                    new JdbcSession(this, backend, tables.withPartitions(partitions), context, partitions);
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

    /** Stops or continues what the store does on its own. For tests. */
    void stall(boolean on) {
        if (backend instanceof SharedBackend shared) {
            shared.coordinator().stall(on);
        }
    }

    /** Loses the connection to what is stored, as the end of the process would. For tests. */
    synchronized void abandon() {
        sessions.clear();
        backend.database().close();
        if (backend instanceof SharedBackend shared) {
            shared.coordinator().stop();
        }
    }
}
