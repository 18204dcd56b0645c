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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The statements on the tables of one batcher: here those that read the same in every dialect, in a subclass those that do not. */
abstract class Tables {

    /** Names of the tables. Safe as part of a statement: the prefix is checked. */
    record Names(String prefix) {
        String item() {
            return prefix + "item";
        }

        String partition() {
            return prefix + "partition";
        }

        String member() {
            return prefix + "member";
        }

        String letter() {
            return prefix + "dead_letter";
        }
    }

    /** An item as it was read. */
    record ItemRow(long id, String type, byte[] payload, int crc, Duration age) {
        boolean isIntact() {
            return Crc.of(type, payload) == crc;
        }
    }

    /** What a partition's row says of the recorded batch. */
    record RecordRow(
            @Nullable String batchId,
            byte @Nullable [] items,
            int attempt,
            int counted,
            @Nullable Duration retryIn) {
        RecordKey key() {
            return new RecordKey(batchId, attempt);
        }
    }

    /** Tells a recorded batch from the one before and after it. */
    record RecordKey(@Nullable String batchId, int attempt) {
        static final RecordKey NONE = new RecordKey(null, 0);

        static RecordKey of(@Nullable BatchRecord batch) {
            return batch == null ? NONE : new RecordKey(batch.id(), batch.attempt());
        }
    }

    /** A partition that was acquired. */
    record Acquired(int part, long epoch, RecordRow row) {}

    static final int MAX_ERROR_TYPE = 200;

    final Names names;
    final String batcher;

    Tables(Names names, String batcher) {
        this.names = names;
        this.batcher = batcher;
    }

    /** Returns these statements for a session that distributes items to so many partitions. */
    Tables withPartitions(int number) {
        return this;
    }

    // Dialect

    /** Returns an expression with one parameter, which {@link #setTime} sets. */
    abstract String time();

    /** Sets a point in time, in milliseconds from now; null for none. */
    abstract void setTime(PreparedStatement statement, int index, @Nullable Long fromNowMillis) throws SQLException;

    /** Returns an expression for how long ago a point in time was, which {@link #age(ResultSet, int)} reads. */
    abstract String age(String expression);

    /** Returns how long ago; negative for the future, null for none. */
    abstract @Nullable Duration age(ResultSet rows, int column) throws SQLException;

    abstract long[] insert(Jdbc jdbc, List<NewItem> items) throws SQLException;

    /** Returns the first items of a partition that are not handed out. */
    abstract List<ItemRow> head(Jdbc jdbc, int part, HandedOut handedOut, int maxItems, long maxBytes)
            throws SQLException;

    /** Returns the items with these ids that exist, in the order of the ids. */
    abstract List<ItemRow> byIds(Jdbc jdbc, long[] ids) throws SQLException;

    /** Returns how many there were. */
    abstract int delete(Jdbc jdbc, int part, long[] ids) throws SQLException;

    /** Moves items to the dead letters. Returns how many there were. */
    abstract int moveToDeadLetters(Jdbc jdbc, int part, List<DeadItem> dead) throws SQLException;

    abstract Map<Position, ItemState> states(Jdbc jdbc, Collection<Position> positions) throws SQLException;

    abstract StoreCount count(Jdbc jdbc) throws SQLException;

    // Partitions

    /** Returns the stored number of partitions; 0 if there is none. */
    int partitions(Jdbc jdbc) throws SQLException {
        PreparedStatement select =
                jdbc.prepare("select coalesce(max(partitions), 0) from " + names.partition() + " where batcher = ?");
        select.setString(1, batcher);
        return firstInt(select);
    }

    void createPartitions(Jdbc jdbc, int partitions) throws SQLException {
        PreparedStatement delete = jdbc.prepare("delete from " + names.partition() + " where batcher = ?");
        delete.setString(1, batcher);
        delete.executeUpdate();
        PreparedStatement insert =
                jdbc.prepare("insert into " + names.partition() + " (batcher, part, partitions) values (?, ?, ?)");
        for (int part = 0; part < partitions; part++) {
            insert.setString(1, batcher);
            insert.setInt(2, part);
            insert.setInt(3, partitions);
            insert.addBatch();
        }
        insert.executeBatch();
    }

    /** Sets the recorded batch of a partition; null for none. Returns false if the row is not as expected. */
    boolean setRecord(Jdbc jdbc, Lease lease, RecordKey expected, @Nullable BatchRecord batch) throws SQLException {
        PreparedStatement update = jdbc.prepare(recordUpdate());
        setRecordParameters(update, lease, expected, batch);
        return update.executeUpdate() == 1;
    }

    /** Sets the recorded batch and removes items. Returns how many there were; -1 if the row is not as expected, and nothing happened. */
    int settle(Jdbc jdbc, Lease lease, RecordKey expected, @Nullable BatchRecord remaining, long[] handled)
            throws SQLException {
        return setRecord(jdbc, lease, expected, remaining) ? delete(jdbc, lease.part(), handled) : -1;
    }

    final String recordUpdate() {
        return "update " + names.partition()
                + " set batch_id = ?, batch_items = ?, attempt = ?, counted = ?, retry_at = "
                + time() + ", lease_until = " + time() + " where batcher = ? and part = ? and owner = ? and epoch = ?"
                + " and batch_id is not distinct from ? and attempt = ?";
    }

    /** Sets the parameters of {@link #recordUpdate}, which come first. Returns how many they are. */
    final int setRecordParameters(
            PreparedStatement update, Lease lease, RecordKey expected, @Nullable BatchRecord batch)
            throws SQLException {
        if (batch == null) {
            update.setNull(1, Types.VARCHAR);
            update.setNull(2, Types.BINARY);
            update.setInt(3, 0);
            update.setInt(4, 0);
            setTime(update, 5, null);
        } else {
            update.setString(1, batch.id());
            update.setBytes(2, IdList.encode(RowId.of(batch.items())));
            update.setInt(3, batch.attempt());
            update.setInt(4, batch.counted());
            setTime(update, 5, batch.retryIn() == null ? null : millis(batch.retryIn()));
        }
        setTime(update, 6, lease.millis());
        update.setString(7, batcher);
        update.setInt(8, lease.part());
        update.setString(9, lease.owner());
        update.setLong(10, lease.epoch());
        update.setString(11, expected.batchId());
        update.setInt(12, expected.attempt());
        return 12;
    }

    /** Returns what is recorded; null if the lease was lost. */
    @Nullable RecordRow record(Jdbc jdbc, Lease lease) throws SQLException {
        PreparedStatement select = jdbc.prepare("select " + recordColumns() + " from " + names.partition()
                + " where batcher = ? and part = ? and owner = ? and epoch = ?");
        select.setString(1, batcher);
        select.setInt(2, lease.part());
        select.setString(3, lease.owner());
        select.setLong(4, lease.epoch());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? recordRow(rows, 1) : null;
        }
    }

    /** Renews a lease and holds its row until the transaction ends. Returns false if the lease was lost. */
    boolean renew(Jdbc jdbc, Lease lease) throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.partition() + " set lease_until = " + time()
                + " where batcher = ? and part = ? and owner = ? and epoch = ?");
        setTime(update, 1, lease.millis());
        update.setString(2, batcher);
        update.setInt(3, lease.part());
        update.setString(4, lease.owner());
        update.setLong(5, lease.epoch());
        return update.executeUpdate() == 1;
    }

    void release(Jdbc jdbc, Lease lease) throws SQLException {
        PreparedStatement update = jdbc.prepare("update " + names.partition()
                + " set owner = null, lease_until = null where batcher = ? and part = ? and owner = ? and epoch = ?");
        update.setString(1, batcher);
        update.setInt(2, lease.part());
        update.setString(3, lease.owner());
        update.setLong(4, lease.epoch());
        update.executeUpdate();
    }

    final String recordColumns() {
        return "batch_id, batch_items, attempt, counted, " + age("retry_at");
    }

    final RecordRow recordRow(ResultSet rows, int column) throws SQLException {
        Duration sinceRetry = age(rows, column + 4);
        Duration retryIn = sinceRetry == null ? null : sinceRetry.isNegative() ? sinceRetry.negated() : Duration.ZERO;
        return new RecordRow(
                rows.getString(column),
                rows.getBytes(column + 1),
                rows.getInt(column + 2),
                rows.getInt(column + 3),
                retryIn);
    }

    // Marks

    /** Returns the highest id of the batcher; 0 if it has no items. */
    long lastId(Jdbc jdbc) throws SQLException {
        PreparedStatement select = jdbc.prepare("select coalesce(max(last), 0) from (select (select i.id from "
                + names.item()
                + " i where i.batcher = p.batcher and i.part = p.part order by i.id desc limit 1) as last from "
                + names.partition() + " p where p.batcher = ?) as lasts");
        select.setString(1, batcher);
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    boolean isAnyUpTo(Jdbc jdbc, long id) throws SQLException {
        PreparedStatement select = jdbc.prepare("select count(*) from " + names.partition()
                + " p where p.batcher = ? and (select i.id from " + names.item()
                + " i where i.batcher = p.batcher and i.part = p.part order by i.id limit 1) <= ?");
        select.setString(1, batcher);
        select.setLong(2, id);
        return firstInt(select) > 0;
    }

    /** Returns an expression for the point in time at which the oldest item of the batcher was stored; it has one parameter. */
    final String oldest() {
        return "(select min(head) from (select (select i.created_at from " + names.item()
                + " i where i.batcher = p.batcher and i.part = p.part order by i.id limit 1) as head from "
                + names.partition() + " p where p.batcher = ?) as heads)";
    }

    // Shared by the dialects

    final ItemRow itemRow(ResultSet rows) throws SQLException {
        byte[] payload = rows.getBytes(3);
        String type = rows.getString(2);
        Duration age = Objects.requireNonNullElse(age(rows, 5), Duration.ZERO);
        return new ItemRow(
                rows.getLong(1),
                type == null ? "" : type,
                payload == null ? new byte[0] : payload,
                rows.getInt(4),
                age.isNegative() ? Duration.ZERO : age);
    }

    static String errorType(DeadItem dead) {
        String type = dead.errorType();
        return type.length() <= MAX_ERROR_TYPE ? type : type.substring(0, MAX_ERROR_TYPE);
    }

    static int firstInt(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    static long millis(Duration duration) {
        return duration.compareTo(Duration.ofDays(36_500)) > 0
                ? Duration.ofDays(36_500).toMillis()
                : duration.toMillis();
    }
}
