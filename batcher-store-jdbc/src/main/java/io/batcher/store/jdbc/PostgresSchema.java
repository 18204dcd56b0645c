/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Makes or checks the tables in PostgreSQL. */
final class PostgresSchema {

    private static final String SCRIPT = "postgresql/R__batcher_store.sql";

    private PostgresSchema() {}

    /** Creates what is missing. One process at a time: two that create the same table at once would fail. */
    static void create(Jdbc jdbc, Tables.Names names) throws SQLException {
        lock(jdbc, names, "");
        requireColumns(jdbc, names);
        if (isMissing(jdbc, names)) {
            for (String statement : script(names).split(";", -1)) {
                if (!statement.isBlank()) {
                    jdbc.execute(statement);
                }
            }
        }
    }

    /** Keeps other processes from doing the same until the transaction ends: creating tables, or the rows of one batcher. */
    static void lock(Jdbc jdbc, Tables.Names names, String batcher) throws SQLException {
        PreparedStatement lock = jdbc.prepare("select pg_advisory_xact_lock(hashtext(?))");
        lock.setString(1, "io.batcher " + names.prefix() + batcher);
        lock.executeQuery().close();
    }

    static void check(Jdbc jdbc, Tables.Names names) throws SQLException {
        if (isMissing(jdbc, names)) {
            throw new BatcherStoreException(
                    "The database lacks a table of the store, such as " + names.item()
                            + ". Set batcher.store.jdbc.initialize-schema=true, or run the script io/batcher/store/jdbc/"
                            + SCRIPT
                            + " with Flyway or Liquibase",
                    null);
        }
        requireColumns(jdbc, names);
    }

    /** Refuses tables that exist and are not those of the store: otherwise the first add would fail, and say less. */
    private static void requireColumns(Jdbc jdbc, Tables.Names names) throws SQLException {
        String lacking =
                jdbc.text("select coalesce((select name || ' lacks columns of the store: ' || string_agg(col, ', ')"
                        + " from (values ('" + names.item() + "', 'id batcher part type payload crc created_at'), ('"
                        + names.partition()
                        + "', 'batcher part partitions owner epoch lease_until batch_id batch_items attempt"
                        + " counted retry_at'), ('" + names.member() + "', 'batcher member alive_until'), ('"
                        + names.letter()
                        + "', 'id batcher type payload crc attempts error_type died_at')) as expected (name, columns),"
                        + " unnest(string_to_array(columns, ' ')) as col where to_regclass(name) is not null and not exists"
                        + " (select 1 from pg_attribute where attrelid = to_regclass(name) and attname = col and not attisdropped)"
                        + " group by name order by name limit 1), '')");
        if (!lacking.isEmpty()) {
            throw new BatcherStoreException(
                    "The table " + lacking
                            + ". Set another batcher.store.jdbc.table-prefix, or change the table to what the script"
                            + " io/batcher/store/jdbc/" + SCRIPT + " creates",
                    null);
        }
    }

    private static boolean isMissing(Jdbc jdbc, Tables.Names names) throws SQLException {
        return jdbc.text("select to_regclass('" + names.item() + "') is null or to_regclass('" + names.partition()
                        + "') is null or to_regclass('" + names.member() + "') is null or to_regclass('"
                        + names.letter()
                        + "') is null")
                .equals("t");
    }

    /** Warns of settings that lose what was committed. */
    static void warnOfSettings(Jdbc jdbc) throws SQLException {
        for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
            if (jdbc.text("select current_setting('" + setting + "')").equals("off")) {
                Log.warning("PostgreSQL runs with " + setting
                        + " = off: items that were acknowledged are lost when the server crashes. Switch it on");
            }
        }
    }

    private static String script(Tables.Names names) {
        try (InputStream in = PostgresSchema.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is missing in this jar");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replaceAll("(?m)^--.*$", "").replace(JdbcStore.DEFAULT_PREFIX, names.prefix());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
