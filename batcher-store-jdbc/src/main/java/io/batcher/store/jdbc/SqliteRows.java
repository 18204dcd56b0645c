/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.NewItem;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/** Inserts and deletes many rows of a batcher's items in SQLite with few statements: what a statement costs is most of the time. */
final class SqliteRows {

    /** How many rows one statement inserts, if there are so many. */
    private static final int MANY = 50;

    private final String batcher;
    private final String insertOne;
    private final String insertMany;
    private final String selectRange;
    private final String deleteRange;
    private final String deleteOne;

    SqliteRows(Tables.Names names, String batcher) {
        this.batcher = batcher;
        this.insertOne = insert(names, 1);
        this.insertMany = insert(names, MANY);
        String range = names.item() + " where batcher = ? and part = ? and id between ? and ?";
        this.selectRange = "select id from " + range + " order by id";
        this.deleteRange = "delete from " + range;
        this.deleteOne = "delete from " + names.item() + " where id = ?";
    }

    /** The first three parameters are those that all rows share. */
    private static String insert(Tables.Names names, int rows) {
        StringBuilder sql = new StringBuilder(
                "insert into " + names.item() + " (id, batcher, part, type, payload, crc, created_at) values ");
        for (int row = 0; row < rows; row++) {
            int parameter = 4 + 4 * row;
            sql.append(row == 0 ? "" : ", ")
                    .append("(?" + parameter + ", ?1, ?" + (parameter + 1) + ", ?2, ?" + (parameter + 2) + ", ?"
                            + (parameter + 3) + ", ?3)");
        }
        return sql.toString();
    }

    /** Inserts items with consecutive ids. */
    void insert(Jdbc jdbc, List<NewItem> items, long firstId, long createdAt) throws SQLException {
        int begin = 0;
        while (begin < items.size()) {
            int end = endOfType(items, begin);
            while (begin < end) {
                int rows = end - begin >= MANY ? MANY : 1;
                insertRows(jdbc, items.subList(begin, begin + rows), firstId + begin, createdAt);
                begin += rows;
            }
        }
    }

    /** Returns where the items end that have the type of the first. */
    private static int endOfType(List<NewItem> items, int begin) {
        String type = items.get(begin).type();
        int end = begin + 1;
        while (end < items.size() && items.get(end).type().equals(type)) {
            end++;
        }
        return end;
    }

    private void insertRows(Jdbc jdbc, List<NewItem> items, long firstId, long createdAt) throws SQLException {
        PreparedStatement insert = jdbc.prepare(items.size() == MANY ? insertMany : insertOne);
        insert.setString(1, batcher);
        insert.setString(2, items.get(0).type());
        insert.setLong(3, createdAt);
        int parameter = 4;
        for (int i = 0; i < items.size(); i++) {
            NewItem item = items.get(i);
            insert.setLong(parameter++, firstId + i);
            insert.setInt(parameter++, item.partition());
            insert.setBytes(parameter++, item.payload());
            insert.setInt(parameter++, Crc.of(item.type(), item.payload()));
        }
        insert.executeUpdate();
    }

    /** Deletes rows of one partition. Returns how many there were. */
    int delete(Jdbc jdbc, int part, long[] ids) throws SQLException {
        return isConsecutive(ids) || isWholeRange(jdbc, part, ids)
                ? deleteRange(jdbc, part, ids)
                : deleteEach(jdbc, ids);
    }

    private static boolean isConsecutive(long[] ids) {
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] != ids[0] + i) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the partition has exactly these ids between the first and the last, as it usually has. */
    private boolean isWholeRange(Jdbc jdbc, int part, long[] ids) throws SQLException {
        PreparedStatement select = jdbc.prepare(selectRange);
        setRange(select, part, ids);
        int count = 0;
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (count == ids.length || rows.getLong(1) != ids[count++]) {
                    return false;
                }
            }
        }
        return count == ids.length;
    }

    private int deleteRange(Jdbc jdbc, int part, long[] ids) throws SQLException {
        PreparedStatement delete = jdbc.prepare(deleteRange);
        setRange(delete, part, ids);
        return delete.executeUpdate();
    }

    private void setRange(PreparedStatement statement, int part, long[] ids) throws SQLException {
        statement.setString(1, batcher);
        statement.setInt(2, part);
        statement.setLong(3, ids[0]);
        statement.setLong(4, ids[ids.length - 1]);
    }

    private int deleteEach(Jdbc jdbc, long[] ids) throws SQLException {
        PreparedStatement delete = jdbc.prepare(deleteOne);
        for (long id : ids) {
            delete.setLong(1, id);
            delete.addBatch();
        }
        return IntStream.of(delete.executeBatch()).sum();
    }
}
