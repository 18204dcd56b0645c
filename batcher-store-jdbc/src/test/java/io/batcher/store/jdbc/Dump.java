/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables of a store as a script that makes them again. Points in time are always the same one, so that two dumps of the same content
 * are equal. The prefix of the tables is {@code batcher_} in the script.
 */
final class Dump {

    private static final List<String> TABLES = List.of("item", "partition", "member", "dead_letter");
    private static final Set<String> TIMES = Set.of("created_at", "lease_until", "retry_at", "alive_until", "died_at");

    private final Connection connection;
    private final List<String> script = new ArrayList<>();

    private Dump(Connection connection) {
        this.connection = connection;
    }

    /** Returns the script of a file, which is closed. */
    static String ofFile(Connection connection) throws SQLException {
        Dump dump = new Dump(connection);
        dump.script.add(
                "pragma user_version = " + dump.column("pragma user_version").get(0));
        dump.script.addAll(dump.column("select sql from sqlite_master where name like 'batcher%' order by rowid"));
        for (String table : TABLES) {
            List<String> columns = dump.column("select name from pragma_table_info('batcher_" + table + "')");
            if (!columns.isEmpty()) {
                dump.rows("batcher_" + table, columns, "quote", "1767225600000", "");
            }
        }
        dump.script.addAll(
                dump.column("select 'update sqlite_sequence set seq = ' || seq || ' where name = ''' || name || ''''"
                        + " from sqlite_sequence"));
        return dump.text();
    }

    /** Returns the script of the tables with a prefix. */
    static String ofPostgres(Connection connection, String prefix) throws SQLException {
        Dump dump = new Dump(connection);
        for (String table : TABLES) {
            dump.definition(prefix + table);
        }
        for (String table : TABLES) {
            String name = prefix + table;
            dump.rows(
                    name,
                    dump.column("select attname from pg_attribute where attrelid = '" + name
                            + "'::regclass and attnum > 0 order by attnum"),
                    "quote_nullable",
                    "'2026-01-01 00:00:00+00'",
                    " overriding system value");
        }
        dump.script.addAll(dump.column("select 'alter table " + prefix
                + "item alter column id restart with ' || last_value + 1 from " + prefix + "item_id_seq"));
        return dump.text().replace(prefix, JdbcStore.DEFAULT_PREFIX);
    }

    private void definition(String table) throws SQLException {
        List<String> columns = column("select '    ' || attname || ' ' || format_type(atttypid, atttypmod)"
                + " || case when attnotnull then ' not null' else '' end"
                + " || case when attidentity = 'a' then ' generated always as identity' else '' end"
                + " || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')"
                + " from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum"
                + " where attrelid = '" + table + "'::regclass and attnum > 0 order by attnum");
        script.add("create table " + table + " (\n" + String.join(",\n", columns) + ")");
        script.addAll(column("select 'alter table " + table + " add ' || pg_get_constraintdef(oid) from pg_constraint"
                + " where conrelid = '" + table + "'::regclass and contype = 'p'"));
        script.addAll(column("select replace(pg_get_indexdef(indexrelid), ' ON public.', ' ON ') from pg_index"
                + " where indrelid = '" + table + "'::regclass and not indisprimary"));
    }

    private void rows(String table, List<String> columns, String quote, String time, String overriding)
            throws SQLException {
        String values = columns.stream()
                .map(column -> TIMES.contains(column)
                        ? "case when " + column + " is null then 'NULL' else '" + time.replace("'", "''") + "' end"
                        : quote + "(" + column + ")")
                .collect(Collectors.joining(" || ', ' || "));
        for (String row : column("select " + values + " from " + table + " order by 1")) {
            script.add("insert into " + table + " (" + String.join(", ", columns) + ")" + overriding + " values\n    ("
                    + row + ")");
        }
    }

    private List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private String text() {
        return String.join(";\n", script) + ";\n";
    }

    /** Runs the statements of a script. Lines that begin with two hyphens are comments. */
    static void run(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : withoutComments(script).split(";\n")) {
                statement.execute(each);
            }
        }
    }

    static String withoutComments(String script) {
        return script.replaceAll("(?m)^--.*\n", "");
    }
}
