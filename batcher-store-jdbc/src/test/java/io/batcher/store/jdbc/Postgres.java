/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** One PostgreSQL server for all tests of a JVM, with fsync. Each test has tables of its own. */
final class Postgres {

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private Postgres() {}

    /** Starts with its first use; ends with the JVM. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static DataSource dataSource() {
        return Server.POSTGRES.getPostgresDatabase();
    }

    /** Connections that are opened once: opening one costs the server a process. */
    private static final class Pool {
        static final HikariDataSource CONNECTIONS = open();

        private static HikariDataSource open() {
            HikariDataSource pool = new HikariDataSource();
            pool.setDataSource(dataSource());
            pool.setMaximumPoolSize(100);
            pool.setMinimumIdle(0);
            return pool;
        }
    }

    /** As {@link #dataSource}, but the connections were used before. */
    static DataSource pool() {
        return Pool.CONNECTIONS;
    }

    /** Returns a table prefix that no other test has. */
    static String newPrefix() {
        return "t" + PREFIXES.incrementAndGet() + "_";
    }

    /** Returns the plan of a statement with parameters, whatever their values. */
    static String plan(String sql) {
        // The simple protocol leaves the parameters to the server.
        PGSimpleDataSource simple = (PGSimpleDataSource) dataSource();
        simple.setPreferQueryMode(PreferQueryMode.SIMPLE);
        return query(simple, "explain (generic_plan) " + sql);
    }

    static void execute(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    static String query(String sql) {
        return query(dataSource(), sql);
    }

    private static String query(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            while (rows.next()) {
                text.append(text.isEmpty() ? "" : "\n").append(rows.getString(1));
            }
            return text.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
