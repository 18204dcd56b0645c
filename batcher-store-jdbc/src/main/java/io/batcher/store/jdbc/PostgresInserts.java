/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.NewItem;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Inserts items in PostgreSQL, each call with one statement. It inserts nothing if a batcher's number of partitions is not the one by
 * which its items were distributed: their partition may not exist any more, or keys may have moved.
 */
final class PostgresInserts {

    /** An item with its batcher and the number of partitions that this process knows of: a group commit has those of several. */
    record Added(String batcher, int partitions, NewItem item) {}

    private final String one;
    private final String alike;
    private final String any;

    PostgresInserts(Tables.Names names) {
        String into = "insert into " + names.item() + " (batcher, part, type, payload, crc) ";
        String partitions = "(select p.partitions from " + names.partition() + " p where p.batcher = ? and p.part = 0)";
        this.one = into + "select ?, ?::smallint, ?, ?::bytea, ?::integer where ? = " + partitions + " returning id";
        // Arrays are read in the order in which they are stored, and so identities are taken from their sequence.
        // RETURNING promises no order, so ids are sorted here.
        this.alike = into + "select ?, u.part, ?, u.payload, u.crc from unnest(?::smallint[], ?::bytea[], ?::integer[])"
                + " as u (part, payload, crc) where ? = " + partitions + " returning id";
        this.any = into + "select u.batcher, u.part, u.type, u.payload, u.crc from unnest(?::varchar[], ?::smallint[],"
                + " ?::varchar[], ?::bytea[], ?::integer[])"
                + " with ordinality as u (batcher, part, type, payload, crc, place)"
                + " where not exists (select 1 from unnest(?::varchar[], ?::integer[]) as e (batcher, partitions) left join "
                + names.partition() + " p on p.batcher = e.batcher and p.part = 0"
                + " where p.partitions is distinct from e.partitions) order by u.place returning id";
    }

    /**
     * Inserts in the given order. Returns the ids in that order.
     *
     * @throws PartitionsChangedException if a number of partitions is not the stored one; then nothing is inserted
     */
    long[] insert(Jdbc jdbc, List<Added> items) throws SQLException {
        Added first = items.get(0);
        PreparedStatement statement;
        if (items.size() == 1) {
            statement = one(jdbc, first);
        } else if (items.stream().allMatch(each -> isAlike(each, first))) {
            statement = alike(jdbc, items);
        } else {
            statement = any(jdbc, items);
        }
        long[] ids = new long[items.size()];
        int count = 0;
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids[count++] = rows.getLong(1);
            }
        }
        if (count < ids.length) {
            throw new PartitionsChangedException(first.batcher, first.partitions);
        }
        Arrays.sort(ids);
        return ids;
    }

    private static boolean isAlike(Added one, Added other) {
        return one.batcher.equals(other.batcher)
                && one.partitions == other.partitions
                && one.item.type().equals(other.item.type());
    }

    private PreparedStatement one(Jdbc jdbc, Added added) throws SQLException {
        PreparedStatement insert = jdbc.prepare(one);
        NewItem item = added.item;
        insert.setString(1, added.batcher);
        insert.setInt(2, item.partition());
        insert.setString(3, item.type());
        insert.setBytes(4, item.payload());
        insert.setInt(5, crc(item));
        insert.setInt(6, added.partitions);
        insert.setString(7, added.batcher);
        return insert;
    }

    private PreparedStatement alike(Jdbc jdbc, List<Added> items) throws SQLException {
        PreparedStatement insert = jdbc.prepare(alike);
        Added first = items.get(0);
        insert.setString(1, first.batcher);
        insert.setString(2, first.item.type());
        setRows(insert, items, 3, 4, 5);
        insert.setInt(6, first.partitions);
        insert.setString(7, first.batcher);
        return insert;
    }

    private PreparedStatement any(Jdbc jdbc, List<Added> items) throws SQLException {
        PreparedStatement insert = jdbc.prepare(any);
        insert.setObject(1, items.stream().map(Added::batcher).toArray(String[]::new));
        insert.setObject(3, items.stream().map(each -> each.item.type()).toArray(String[]::new));
        setRows(insert, items, 2, 4, 5);
        Map<String, Integer> partitions = new TreeMap<>();
        items.forEach(each -> partitions.put(each.batcher, each.partitions));
        insert.setObject(6, partitions.keySet().toArray(new String[0]));
        insert.setObject(7, partitions.values().toArray(new Integer[0]));
        return insert;
    }

    /** Sets what each row has of its own. The driver sends arrays of primitive types as they are in memory, others as text. */
    private static void setRows(PreparedStatement insert, List<Added> items, int part, int payload, int crc)
            throws SQLException {
        short[] parts = new short[items.size()];
        byte[][] payloads = new byte[items.size()][];
        int[] crcs = new int[items.size()];
        for (int i = 0; i < parts.length; i++) {
            NewItem item = items.get(i).item;
            parts[i] = (short) item.partition();
            payloads[i] = item.payload();
            crcs[i] = crc(item);
        }
        insert.setObject(part, parts);
        insert.setObject(payload, payloads);
        insert.setObject(crc, crcs);
    }

    private static int crc(NewItem item) {
        return Crc.of(item.type(), item.payload());
    }
}
