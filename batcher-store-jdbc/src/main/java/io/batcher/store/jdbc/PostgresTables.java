/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.DeadItem;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements for PostgreSQL. Points in time are those of the database's clock. */
final class PostgresTables extends Tables {

    /** An item with its batcher: a group commit has those of several. */
    record Added(String batcher, NewItem item) {}

    PostgresTables(Names names, String batcher) {
        super(names, batcher);
    }

    @Override
    String time() {
        return "clock_timestamp() + ? * interval '1 millisecond'";
    }

    @Override
    void setTime(PreparedStatement statement, int index, @Nullable Long fromNowMillis) throws SQLException {
        if (fromNowMillis == null) {
            statement.setNull(index, Types.DOUBLE);
        } else {
            statement.setDouble(index, fromNowMillis);
        }
    }

    @Override
    String age(String expression) {
        return "date_part('epoch', clock_timestamp() - " + expression + ") * 1000";
    }

    @Override
    @Nullable Duration age(ResultSet rows, int column) throws SQLException {
        double millis = rows.getDouble(column);
        return rows.wasNull() ? null : Duration.ofMillis(Math.round(millis));
    }

    @Override
    long[] insert(Jdbc jdbc, List<NewItem> items) throws SQLException {
        return insertAll(
                jdbc, items.stream().map(item -> new Added(batcher, item)).toList());
    }

    /** Inserts in the given order. Returns the ids in that order. */
    long[] insertAll(Jdbc jdbc, List<Added> items) throws SQLException {
        return items.size() == 1 ? insertOne(jdbc, items.get(0)) : insertMany(jdbc, items);
    }

    private long[] insertOne(Jdbc jdbc, Added added) throws SQLException {
        PreparedStatement insert = jdbc.prepare("insert into " + names.item()
                + " (batcher, part, type, payload, crc) values (?, ?, ?, ?, ?) returning id");
        NewItem item = added.item();
        insert.setString(1, added.batcher());
        insert.setInt(2, item.partition());
        insert.setString(3, item.type());
        insert.setBytes(4, item.payload());
        insert.setInt(5, Crc.of(item.type(), item.payload()));
        try (ResultSet rows = insert.executeQuery()) {
            rows.next();
            return new long[] {rows.getLong(1)};
        }
    }

    private long[] insertMany(Jdbc jdbc, List<Added> items) throws SQLException {
        // An identity is taken from its sequence in the order of the sort. RETURNING promises no order, so ids are
        // sorted here.
        PreparedStatement insert = jdbc.prepare("insert into " + names.item() + " (batcher, part, type, payload, crc)"
                + " select u.batcher, u.part, u.type, u.payload, u.crc from unnest(?::varchar[], ?::smallint[], ?::varchar[],"
                + " ?::bytea[], ?::integer[]) with ordinality as u (batcher, part, type, payload, crc, place)"
                + " order by u.place returning id");
        int size = items.size();
        String[] batchers = new String[size];
        Integer[] parts = new Integer[size];
        String[] types = new String[size];
        byte[][] payloads = new byte[size][];
        Integer[] crcs = new Integer[size];
        for (int i = 0; i < size; i++) {
            NewItem item = items.get(i).item();
            batchers[i] = items.get(i).batcher();
            parts[i] = item.partition();
            types[i] = item.type();
            payloads[i] = item.payload();
            crcs[i] = Crc.of(item.type(), item.payload());
        }
        insert.setArray(1, array(jdbc, "varchar", batchers));
        insert.setArray(2, array(jdbc, "int2", parts));
        insert.setArray(3, array(jdbc, "varchar", types));
        insert.setArray(4, array(jdbc, "bytea", payloads));
        insert.setArray(5, array(jdbc, "int4", crcs));
        long[] ids = new long[size];
        int count = 0;
        try (ResultSet rows = insert.executeQuery()) {
            while (rows.next()) {
                ids[count++] = rows.getLong(1);
            }
        }
        Arrays.sort(ids);
        return ids;
    }

    private static Array array(Jdbc jdbc, String type, Object[] values) throws SQLException {
        return jdbc.connection().createArrayOf(type, values);
    }

    private static Array array(Jdbc jdbc, long[] ids) throws SQLException {
        return array(jdbc, "int8", Arrays.stream(ids).boxed().toArray());
    }

    @Override
    List<ItemRow> head(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long maxBytes) throws SQLException {
        // Always from the head: ids are not commit order, so a lower id may appear behind the ones that were read.
        PreparedStatement select = jdbc.prepare("select id, type, payload, crc, " + age("created_at")
                + " from (select id, type, payload, crc, created_at,"
                + " sum(octet_length(payload)) over (order by id rows unbounded preceding) as bytes,"
                + " row_number() over (order by id) as place from " + names.item()
                + " where batcher = ? and part = ? and id not in (select unnest(?::bigint[])) order by id limit ?) as head"
                + " where bytes <= ? or place = 1 order by id");
        select.setString(1, batcher);
        select.setInt(2, part);
        select.setArray(3, array(jdbc, "int8", handedOut.ids()));
        select.setInt(4, maxItems);
        select.setLong(5, maxBytes);
        return itemRows(select);
    }

    private List<ItemRow> itemRows(PreparedStatement select) throws SQLException {
        List<ItemRow> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(itemRow(rows));
            }
        }
        return found;
    }

    @Override
    List<ItemRow> byIds(Jdbc jdbc, long[] ids) throws SQLException {
        PreparedStatement select = jdbc.prepare("select id, type, payload, crc, " + age("created_at") + " from "
                + names.item() + " where id = any (?::bigint[])");
        select.setArray(1, array(jdbc, ids));
        Map<Long, ItemRow> found = new HashMap<>();
        itemRows(select).forEach(row -> found.put(row.id(), row));
        List<ItemRow> ordered = new ArrayList<>(found.size());
        for (long id : ids) {
            ItemRow row = found.get(id);
            if (row != null) {
                ordered.add(row);
            }
        }
        return ordered;
    }

    @Override
    int delete(Jdbc jdbc, int part, long[] ids) throws SQLException {
        if (ids.length == 0) {
            return 0;
        }
        PreparedStatement delete = jdbc.prepare("delete from " + names.item() + " where id = any (?::bigint[])");
        delete.setArray(1, array(jdbc, ids));
        return delete.executeUpdate();
    }

    @Override
    int moveToDeadLetters(Jdbc jdbc, int part, List<DeadItem> dead) throws SQLException {
        if (dead.isEmpty()) {
            return 0;
        }
        PreparedStatement move = jdbc.prepare("with gone as (delete from " + names.item()
                + " where id = any (?::bigint[]) returning id, batcher, type, payload, crc) insert into "
                + names.letter()
                + " (id, batcher, type, payload, crc, attempts, error_type, died_at)"
                + " select gone.id, gone.batcher, gone.type, gone.payload, gone.crc, d.attempts, d.error_type, clock_timestamp()"
                + " from gone join unnest(?::bigint[], ?::integer[], ?::varchar[]) as d (id, attempts, error_type)"
                + " on d.id = gone.id on conflict do nothing");
        Array ids = array(
                jdbc, dead.stream().mapToLong(each -> RowId.of(each.item())).toArray());
        move.setArray(1, ids);
        move.setArray(2, ids);
        move.setArray(
                3, array(jdbc, "int4", dead.stream().map(DeadItem::attempts).toArray()));
        move.setArray(
                4, array(jdbc, "varchar", dead.stream().map(Tables::errorType).toArray()));
        return move.executeUpdate();
    }

    @Override
    Map<Position, ItemState> states(Jdbc jdbc, Collection<Position> positions) throws SQLException {
        PreparedStatement select = jdbc.prepare("select id, false from " + names.item()
                + " where id = any (?::bigint[]) union all select id, true from " + names.letter()
                + " where id = any (?::bigint[])");
        Array ids = array(
                jdbc,
                positions.stream().mapToLong(each -> ((RowId) each).value()).toArray());
        select.setArray(1, ids);
        select.setArray(2, ids);
        Map<Position, ItemState> states = new HashMap<>();
        positions.forEach(position -> states.put(position, ItemState.HANDLED));
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ItemState state = rows.getBoolean(2) ? ItemState.DEAD_LETTERED : ItemState.STORED;
                states.put(new RowId(rows.getLong(1)), state);
            }
        }
        return states;
    }

    @Override
    StoreCount count(Jdbc jdbc) throws SQLException {
        PreparedStatement select =
                jdbc.prepare("select (select count(*) from " + names.item() + " where batcher = ?), " + age(oldest()));
        select.setString(1, batcher);
        select.setString(2, batcher);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            Duration age = age(rows, 2);
            return new StoreCount(rows.getLong(1), age == null || age.isNegative() ? Duration.ZERO : age);
        }
    }

    /** Acquires a partition that is free, or this owner's by an acquisition without an answer, and not excluded. */
    Optional<Acquired> acquire(Jdbc jdbc, String owner, long leaseMillis, Collection<Integer> excluded)
            throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.partition()
                + " set owner = ?, epoch = epoch + 1, lease_until = " + time()
                + " where (batcher, part) = (select batcher, part from " + names.partition()
                + " where batcher = ? and (owner is null or owner = ? or lease_until < clock_timestamp()) and part <> all (?::smallint[])"
                + " order by part for update skip locked limit 1) returning part, epoch, " + recordColumns());
        update.setString(1, owner);
        setTime(update, 2, leaseMillis);
        update.setString(3, batcher);
        update.setString(4, owner);
        update.setArray(5, array(jdbc, "int2", excluded.toArray()));
        try (ResultSet rows = update.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Acquired(rows.getInt(1), rows.getLong(2), recordRow(rows, 3)))
                    : Optional.empty();
        }
    }
}
