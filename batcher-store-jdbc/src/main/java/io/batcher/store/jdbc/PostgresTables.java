/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import io.batcher.store.jdbc.PostgresInserts.Added;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements for PostgreSQL. Points in time are those of the database's clock. */
final class PostgresTables extends Tables {

    /** Always from the head: ids are not commit order, so a lower id may appear behind the ones that were read. */
    private static final String HEAD =
            " where batcher = ? and part = ? and id not in (select unnest(?::bigint[])) order by id limit ?";

    /** The number of partitions that this process knows of; 0 before the session is open. */
    private final int partitions;

    private final PostgresInserts inserts;

    PostgresTables(Names names, String batcher, int partitions) {
        super(names, batcher);
        this.partitions = partitions;
        this.inserts = new PostgresInserts(names);
    }

    @Override
    Tables withPartitions(int number) {
        return new PostgresTables(names, batcher, number);
    }

    /** Returns items as a group commit takes them. */
    List<Added> added(List<NewItem> items) {
        return items.stream().map(item -> new Added(batcher, partitions, item)).toList();
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
        return inserts.insert(jdbc, added(items));
    }

    @Override
    List<ItemRow> head(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long maxBytes) throws SQLException {
        List<ItemRow> head = smallHead(jdbc, part, handedOut, maxItems, maxBytes / maxItems);
        return head == null ? boundedHead(jdbc, part, handedOut, maxItems, maxBytes) : head;
    }

    /** Returns the first items; null if one of them has more bytes. A sum of the bytes, as below, would take longer than the rest. */
    private @Nullable List<ItemRow> smallHead(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long each)
            throws SQLException {
        PreparedStatement select =
                jdbc.prepare("select id, type, case when octet_length(payload) <= ? then payload end, crc, "
                        + age("created_at") + " from " + names.item() + HEAD);
        select.setLong(1, each);
        setHead(select, 2, part, handedOut, maxItems);
        List<ItemRow> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (rows.getBytes(3) == null) {
                    return null;
                }
                found.add(itemRow(rows));
            }
        }
        return found;
    }

    private List<ItemRow> boundedHead(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long maxBytes)
            throws SQLException {
        PreparedStatement select = jdbc.prepare("select id, type, payload, crc, " + age("created_at")
                + " from (select id, type, payload, crc, created_at,"
                + " sum(octet_length(payload)) over (order by id rows unbounded preceding) as bytes,"
                + " row_number() over (order by id) as place from " + names.item() + HEAD
                + ") as head where bytes <= ? or place = 1 order by id");
        select.setLong(setHead(select, 1, part, handedOut, maxItems), maxBytes);
        return itemRows(select);
    }

    /** Sets the parameters of {@link #HEAD}. Returns the index of the next. */
    private int setHead(PreparedStatement select, int index, int part, HandedOut handedOut, int maxItems)
            throws SQLException {
        select.setString(index, batcher);
        select.setInt(index + 1, part);
        select.setObject(index + 2, handedOut.ids());
        select.setInt(index + 3, maxItems);
        return index + 4;
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
        select.setObject(1, ids);
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
        delete.setObject(1, ids);
        return delete.executeUpdate();
    }

    @Override
    int settle(Jdbc jdbc, Lease lease, RecordKey expected, @Nullable BatchRecord remaining, long[] handled)
            throws SQLException {
        PreparedStatement settle = jdbc.prepare("with recorded as (" + recordUpdate() + " returning 1), removed as"
                + " (delete from " + names.item() + " where id = any (?::bigint[]) and exists (select 1 from recorded)"
                + " returning 1) select (select count(*) from recorded), (select count(*) from removed)");
        int parameters = setRecordParameters(settle, lease, expected, remaining);
        settle.setObject(parameters + 1, handled);
        try (ResultSet rows = settle.executeQuery()) {
            rows.next();
            return rows.getInt(1) == 1 ? rows.getInt(2) : -1;
        }
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
        long[] ids = dead.stream().mapToLong(each -> RowId.of(each.item())).toArray();
        move.setObject(1, ids);
        move.setObject(2, ids);
        move.setObject(3, dead.stream().mapToInt(DeadItem::attempts).toArray());
        move.setObject(4, dead.stream().map(Tables::errorType).toArray(String[]::new));
        return move.executeUpdate();
    }

    @Override
    Map<Position, ItemState> states(Jdbc jdbc, Collection<Position> positions) throws SQLException {
        PreparedStatement select = jdbc.prepare("select id, false from " + names.item()
                + " where id = any (?::bigint[]) union all select id, true from " + names.letter()
                + " where id = any (?::bigint[])");
        long[] ids =
                positions.stream().mapToLong(each -> ((RowId) each).value()).toArray();
        select.setObject(1, ids);
        select.setObject(2, ids);
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
                + " where batcher = ? and (owner is null or owner = ? or lease_until < clock_timestamp()) and part <> all (?::integer[]) and partitions = ?"
                + " order by part for update skip locked limit 1) returning part, epoch, " + recordColumns());
        update.setString(1, owner);
        setTime(update, 2, leaseMillis);
        update.setString(3, batcher);
        update.setString(4, owner);
        update.setObject(5, excluded.stream().mapToInt(Integer::intValue).toArray());
        update.setInt(6, partitions);
        try (ResultSet rows = update.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Acquired(rows.getInt(1), rows.getLong(2), recordRow(rows, 3)))
                    : Optional.empty();
        }
    }

    /** {@inheritDoc} Does not wait for a handler that holds the partition in its transaction: the lease ends then. */
    @Override
    void release(Jdbc jdbc, Lease lease) throws SQLException {
        jdbc.execute("set local lock_timeout = '100ms'"); // a renewal takes less
        super.release(jdbc, lease);
    }

    /**
     * Moves items of a former number of partitions, whose partition no longer exists, to one that does. Only the owner of the first
     * partition does. Moves so many that the statement does not time out; the next poll goes on. Returns how many.
     */
    int adopt(Jdbc jdbc, Lease first) throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.item() + " set part = part % ?::smallint"
                + " where id in (select id from " + names.item()
                + " where batcher = ? and part >= ? order by part, id limit 10000) and exists (select 1 from "
                + names.partition()
                + " p where p.batcher = ? and p.part = 0 and p.owner = ? and p.epoch = ? and p.partitions = ?)");
        update.setInt(1, partitions);
        update.setString(2, batcher);
        update.setInt(3, partitions);
        update.setString(4, batcher);
        update.setString(5, first.owner());
        update.setLong(6, first.epoch());
        update.setInt(7, partitions);
        return update.executeUpdate();
    }
}
