/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.DeadLetters;
import io.batcher.store.NewItem;
import io.batcher.store.StoredItem;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** The dead letters of a session. Its statements read the same in every dialect. */
final class JdbcDeadLetters implements DeadLetters {

    private final JdbcSession session;
    private final Tables tables;
    private final Database database;
    private final String letter;

    JdbcDeadLetters(JdbcSession session) {
        this.session = session;
        this.tables = session.tables();
        this.database = session.database();
        this.letter = tables.names.letter();
    }

    @Override
    public long count() {
        return database.read("count dead letters", jdbc -> {
            PreparedStatement select = jdbc.prepare("select count(*) from " + letter + " where batcher = ?");
            select.setString(1, tables.batcher);
            return (long) Tables.firstInt(select);
        });
    }

    @Override
    public List<Letter> list(long afterId, int max) {
        if (max < 0) {
            throw new IllegalArgumentException("max must not be negative, but was " + max);
        }
        return database.read("list dead letters", jdbc -> {
            PreparedStatement select = jdbc.prepare("select id, type, attempts, error_type, " + tables.age("died_at")
                    + " from " + letter + " where batcher = ? and id > ? order by id limit ?");
            select.setString(1, tables.batcher);
            select.setLong(2, afterId);
            select.setInt(3, max);
            List<Letter> letters = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    letters.add(new Letter(
                            rows.getLong(1), rows.getString(2), rows.getInt(3), rows.getString(4), age(rows, 5)));
                }
            }
            return letters;
        });
    }

    private Duration age(ResultSet rows, int column) throws SQLException {
        Duration age = Objects.requireNonNullElse(tables.age(rows, column), Duration.ZERO);
        return age.isNegative() ? Duration.ZERO : age;
    }

    @Override
    public List<Content> read(Collection<Long> ids) {
        return database.read("read dead letters", jdbc -> {
            PreparedStatement select = jdbc.prepare("select type, payload, crc, " + tables.age("died_at") + " from "
                    + letter + " where id = ? and batcher = ?");
            List<Content> contents = new ArrayList<>();
            for (long id : ids) {
                select.setLong(1, id);
                select.setString(2, tables.batcher);
                try (ResultSet rows = select.executeQuery()) {
                    if (rows.next() && Crc.of(rows.getString(1), rows.getBytes(2)) == rows.getInt(3)) {
                        contents.add(new Content(
                                id, new StoredItem(new RowId(id), rows.getString(1), rows.getBytes(2), age(rows, 4))));
                    }
                }
            }
            return contents;
        });
    }

    @Override
    public int redrive(List<Redrive> letters) {
        session.check(letters.stream().map(Redrive::item).toList());
        List<NewItem> appended = database.run("redrive dead letters", jdbc -> {
            PreparedStatement delete = jdbc.prepare("delete from " + letter + " where id = ? and batcher = ?");
            List<NewItem> items = new ArrayList<>();
            for (Redrive redrive : letters) {
                delete.setLong(1, redrive.id());
                delete.setString(2, tables.batcher);
                if (delete.executeUpdate() == 1) {
                    items.add(redrive.item());
                }
            }
            if (!items.isEmpty()) {
                tables.insert(jdbc, items);
            }
            return items;
        });
        session.appended(appended);
        return appended.size();
    }

    @Override
    public int purge(Duration olderThan) {
        return database.runStatement("purge dead letters", jdbc -> {
            PreparedStatement delete =
                    jdbc.prepare("delete from " + letter + " where batcher = ? and died_at < " + tables.time());
            delete.setString(1, tables.batcher);
            tables.setTime(delete, 2, -Tables.millis(olderThan));
            return delete.executeUpdate();
        });
    }
}
