/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A connection with the statements that were prepared on it, each once. Used by one thread at a time. */
final class Jdbc implements AutoCloseable {

    private final Connection connection;
    private final int timeoutSeconds;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** Creates one. Statements end after the timeout, in seconds; 0 for none. */
    Jdbc(Connection connection, int timeoutSeconds) {
        this.connection = connection;
        this.timeoutSeconds = timeoutSeconds;
    }

    Connection connection() {
        return connection;
    }

    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            if (timeoutSeconds > 0) {
                known.setQueryTimeout(timeoutSeconds);
            }
            statements.put(sql, known);
        }
        return known;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the first column of the first row. */
    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new SQLException("no row of: " + sql);
            }
            return rows.getString(1);
        }
    }

    /** Closes the statements, not the connection. */
    @Override
    public void close() throws SQLException {
        SQLException failure = null;
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                failure = e;
            }
        }
        statements.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
