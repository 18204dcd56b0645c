/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherClock;
import io.batcher.store.DeadItem;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The statements for SQLite. One process writes, one transaction at a time: ids are commit order, and this process gives them out.
 * Points in time are milliseconds by the batcher's clock.
 */
final class SqliteTables extends Tables {

    private final BatcherClock clock;
    private final SqliteRows rows;

    /** The type of the item that was read last: reading a text from SQLite takes longer than comparing it there. */
    private volatile String usualType = "";

    /** The last id that was given out in this file. */
    private final AtomicLong lastId;

    SqliteTables(Names names, String batcher, BatcherClock clock, AtomicLong lastId) {
        super(names, batcher);
        this.clock = clock;
        this.lastId = lastId;
        this.rows = new SqliteRows(names, batcher);
    }

    /** Creates what is missing. The column {@code stored} tells how many items a partition has, to notice a loss. */
    static void createSchema(Jdbc jdbc, Names names) throws SQLException {
        jdbc.execute("create table if not exists " + names.item()
                + " (id integer primary key autoincrement, batcher text not null, part integer not null, type text not null,"
                + " payload blob not null, crc integer not null, created_at integer not null)");
        jdbc.execute(
                "create index if not exists " + names.item() + "_head on " + names.item() + " (batcher, part, id)");
        jdbc.execute("create table if not exists " + names.partition()
                + " (batcher text, part integer, partitions integer not null, owner text, epoch integer not null default 0,"
                + " lease_until integer, batch_id text, batch_items blob, attempt integer not null default 0,"
                + " counted integer not null default 0, retry_at integer, stored integer not null default 0,"
                + " primary key (batcher, part))");
        jdbc.execute("create table if not exists " + names.letter()
                + " (id integer primary key, batcher text, type text, payload blob, crc integer, attempts integer,"
                + " error_type text, died_at integer)");
        jdbc.execute(
                "create index if not exists " + names.letter() + "_age on " + names.letter() + " (batcher, died_at)");
    }

    static long lastId(Jdbc jdbc, Names names) throws SQLException {
        return Long.parseLong(jdbc.text("select max(coalesce((select max(seq) from sqlite_sequence where name = '"
                + names.item() + "'), 0), coalesce((select max(id) from " + names.item()
                + "), 0), coalesce((select max(id) from "
                + names.letter() + "), 0))"));
    }

    static boolean isAnyAfter(Jdbc jdbc, Names names, long id) throws SQLException {
        return "1".equals(jdbc.text("select exists (select 1 from " + names.item() + " where id > " + id + ")"));
    }

    @Override
    String time() {
        return "?";
    }

    @Override
    void setTime(PreparedStatement statement, int index, @Nullable Long fromNowMillis) throws SQLException {
        if (fromNowMillis == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, now() + fromNowMillis);
        }
    }

    @Override
    String age(String expression) {
        return expression;
    }

    @Override
    @Nullable Duration age(ResultSet rows, int column) throws SQLException {
        long time = rows.getLong(column);
        return rows.wasNull() ? null : Duration.ofMillis(now() - time);
    }

    private long now() {
        return clock.instant().toEpochMilli();
    }

    @Override
    long[] insert(Jdbc jdbc, List<NewItem> items) throws SQLException {
        long first = lastId.getAndAdd(items.size()) + 1;
        int[] added =
                new int[1 + items.stream().mapToInt(NewItem::partition).max().orElse(0)];
        rows.insert(jdbc, items, first, now());
        items.forEach(item -> added[item.partition()]++);
        for (int part = 0; part < added.length; part++) {
            if (added[part] > 0) {
                addStored(jdbc, part, added[part]);
            }
        }
        return IntStream.range(0, items.size()).mapToLong(i -> first + i).toArray();
    }

    private void addStored(Jdbc jdbc, int part, int items) throws SQLException {
        PreparedStatement update =
                jdbc.prepare("update " + names.partition() + " set stored = stored + ? where batcher = ? and part = ?");
        update.setInt(1, items);
        update.setString(2, batcher);
        update.setInt(3, part);
        update.executeUpdate();
    }

    @Override
    List<ItemRow> head(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long maxBytes) throws SQLException {
        String usual = usualType;
        String last = usual;
        PreparedStatement select = jdbc.prepare("select id, payload, crc, created_at, nullif(type, ?) from "
                + names.item() + " where batcher = ? and part = ? and id > ? order by id limit ?");
        select.setString(1, usual);
        select.setString(2, batcher);
        select.setInt(3, part);
        select.setLong(4, handedOut.last());
        select.setLong(5, (long) maxItems + handedOut.size());
        List<ItemRow> head = new ArrayList<>();
        Ages ages = new Ages(now());
        long bytes = 0;
        try (ResultSet rows = select.executeQuery()) {
            while (head.size() < maxItems && rows.next()) {
                long id = rows.getLong(1);
                if (handedOut.contains(id)) {
                    continue;
                }
                byte[] payload = rows.getBytes(2);
                bytes += payload == null ? 0 : payload.length;
                if (bytes > maxBytes && !head.isEmpty()) {
                    break;
                }
                String type = rows.getString(5);
                last = type == null ? usual : type;
                head.add(new ItemRow(
                        id, last, payload == null ? new byte[0] : payload, rows.getInt(3), ages.of(rows.getLong(4))));
            }
        }
        usualType = last;
        return head;
    }

    /** How long ago points in time were; items of one call have the same. */
    private static final class Ages {
        private final long now;
        private long time;
        private Duration age = Duration.ZERO;

        Ages(long now) {
            this.now = now;
            this.time = now;
        }

        Duration of(long each) {
            if (each != time) {
                time = each;
                age = Duration.ofMillis(Math.max(0, now - each));
            }
            return age;
        }
    }

    @Override
    List<ItemRow> byIds(Jdbc jdbc, long[] ids) throws SQLException {
        PreparedStatement select =
                jdbc.prepare("select id, type, payload, crc, created_at from " + names.item() + " where id = ?");
        List<ItemRow> found = new ArrayList<>(ids.length);
        for (long id : ids) {
            select.setLong(1, id);
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    found.add(itemRow(rows));
                }
            }
        }
        return found;
    }

    @Override
    int delete(Jdbc jdbc, int part, long[] ids) throws SQLException {
        if (ids.length == 0) {
            return 0;
        }
        int deleted = rows.delete(jdbc, part, ids);
        addStored(jdbc, part, -deleted);
        return deleted;
    }

    @Override
    int moveToDeadLetters(Jdbc jdbc, int part, List<DeadItem> dead) throws SQLException {
        if (dead.isEmpty()) {
            return 0;
        }
        PreparedStatement insert = jdbc.prepare("insert or ignore into " + names.letter()
                + " (id, batcher, type, payload, crc, attempts, error_type, died_at)"
                + " select id, batcher, type, payload, crc, ?, ?, ? from " + names.item() + " where id = ?");
        for (DeadItem each : dead) {
            insert.setInt(1, each.attempts());
            insert.setString(2, errorType(each));
            setTime(insert, 3, 0L);
            insert.setLong(4, RowId.of(each.item()));
            insert.addBatch();
        }
        insert.executeBatch();
        return delete(
                jdbc,
                part,
                dead.stream().mapToLong(each -> RowId.of(each.item())).toArray());
    }

    @Override
    Map<Position, ItemState> states(Jdbc jdbc, Collection<Position> positions) throws SQLException {
        PreparedStatement select = jdbc.prepare("select exists (select 1 from " + names.item()
                + " where id = ?), exists (select 1 from " + names.letter() + " where id = ?)");
        Map<Position, ItemState> states = new HashMap<>();
        for (Position position : positions) {
            long id = ((RowId) position).value();
            select.setLong(1, id);
            select.setLong(2, id);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                ItemState gone = rows.getBoolean(2) ? ItemState.DEAD_LETTERED : ItemState.HANDLED;
                states.put(position, rows.getBoolean(1) ? ItemState.STORED : gone);
            }
        }
        return states;
    }

    @Override
    StoreCount count(Jdbc jdbc) throws SQLException {
        PreparedStatement select = jdbc.prepare("select (select coalesce(sum(stored), 0) from " + names.partition()
                + " where batcher = ?), " + age(oldest()));
        select.setString(1, batcher);
        select.setString(2, batcher);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            Duration age = age(rows, 2);
            return new StoreCount(rows.getLong(1), age == null || age.isNegative() ? Duration.ZERO : age);
        }
    }

    Acquired acquire(Jdbc jdbc, int part, String owner) throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.partition()
                + " set owner = ?, epoch = epoch + 1 where batcher = ? and part = ? returning epoch, "
                + recordColumns());
        update.setString(1, owner);
        update.setString(2, batcher);
        update.setInt(3, part);
        try (ResultSet rows = update.executeQuery()) {
            if (!rows.next()) {
                throw new SQLException("partition " + part + " of batcher \"" + batcher + "\" has no row");
            }
            return new Acquired(part, rows.getLong(1), recordRow(rows, 2));
        }
    }

    /** Compares the items of each partition with their count, and corrects the count. Returns what is missing, by partition. */
    Map<Integer, Long> missing(Jdbc jdbc) throws SQLException {
        Map<Integer, Long> missing = new TreeMap<>();
        PreparedStatement select = jdbc.prepare("select p.part, p.stored, (select count(*) from " + names.item()
                + " i where i.batcher = p.batcher and i.part = p.part) from " + names.partition()
                + " p where p.batcher = ?");
        select.setString(1, batcher);
        Map<Integer, Long> counted = new TreeMap<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                long difference = rows.getLong(2) - rows.getLong(3);
                if (difference != 0) {
                    counted.put(rows.getInt(1), rows.getLong(3));
                }
                if (difference > 0) {
                    missing.put(rows.getInt(1), difference);
                }
            }
        }
        PreparedStatement update =
                jdbc.prepare("update " + names.partition() + " set stored = ? where batcher = ? and part = ?");
        for (Map.Entry<Integer, Long> each : counted.entrySet()) {
            update.setLong(1, each.getValue());
            update.setString(2, batcher);
            update.setInt(3, each.getKey());
            update.executeUpdate();
        }
        return missing;
    }
}
