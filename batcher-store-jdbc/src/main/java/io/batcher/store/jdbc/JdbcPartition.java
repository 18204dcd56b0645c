/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.jdbc.Tables.Acquired;
import io.batcher.store.jdbc.Tables.ItemRow;
import io.batcher.store.jdbc.Tables.RecordKey;
import io.batcher.store.jdbc.Tables.RecordRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A partition that a session owns, on either database. */
final class JdbcPartition implements Partition {

    private static final String DAMAGED = "damaged";

    private final JdbcSession session;
    private final Tables tables;
    private final Database database;
    private final Lease lease;
    private final HandedOut handedOut;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicBoolean released = new AtomicBoolean();

    /** What the row says as far as this process knows; an answer that was lost leaves it behind. Changed by one call at a time. */
    private volatile RecordKey known;

    /** Whether the last read may have left out items: another one would have been too many, or too many bytes. */
    private volatile boolean more;

    /** Whether the lane is to end: it was revoked or lost. */
    private volatile boolean ending;

    JdbcPartition(JdbcSession session, Acquired acquired, Lease lease, boolean idsInCommitOrder) {
        this.session = session;
        this.tables = session.tables();
        this.database = session.database();
        this.lease = lease;
        this.handedOut = new HandedOut(idsInCommitOrder);
        this.known = acquired.row().key();
        handedOut.restored(ids(acquired.row()));
    }

    Lease lease() {
        return lease;
    }

    HandedOut handedOut() {
        return handedOut;
    }

    boolean isEnding() {
        return ending;
    }

    /** Marks the end of the lane. Returns whether it was not marked before. */
    synchronized boolean end() {
        boolean first = !ending;
        ending = true;
        return first;
    }

    @Override
    public int number() {
        return lease.part();
    }

    @Override
    public Optional<BatchRecord> recorded() {
        requireHeld();
        RecordRow row = database.run("read the recorded batch", jdbc -> {
            RecordRow found = tables.record(jdbc, lease);
            if (found == null) {
                throw lost();
            }
            return found;
        });
        String id = row.batchId();
        long[] ids = ids(row);
        if (id == null || ids.length == 0) {
            return Optional.empty();
        }
        List<ItemRow> rows = database.run("read the recorded batch", jdbc -> tables.byIds(jdbc, ids));
        if (rows.size() < ids.length) {
            damaged(ids.length - rows.size(), "items of the recorded batch were missing; the others are delivered");
        }
        List<StoredItem> items = intact(rows);
        if (items.isEmpty()) {
            return Optional.empty();
        }
        // The same id means the same items, so what is left of a damaged batch has another one.
        String restored = items.size() == ids.length ? id : partId(id, items.size());
        return Optional.of(new BatchRecord(restored, items, row.attempt(), row.counted(), row.retryIn()));
    }

    private static String partId(String id, int size) {
        String suffix = "/" + size;
        return id.substring(0, Math.min(id.length(), BatchRecord.MAX_ID_LENGTH - suffix.length())) + suffix;
    }

    private long[] ids(RecordRow row) {
        byte[] bytes = row.items();
        if (row.batchId() == null || bytes == null) {
            return new long[0];
        }
        try {
            return IdList.decode(bytes);
        } catch (IllegalArgumentException e) {
            damaged(0, "the list of the recorded batch is unreadable; its items are delivered in new batches");
            return new long[0];
        }
    }

    @Override
    public List<StoredItem> next(int maxItems, long maxBytes) {
        requireHeld();
        reading.lock();
        try {
            while (true) {
                List<ItemRow> rows =
                        database.read("read items", jdbc -> tables.head(jdbc, number(), handedOut, maxItems, maxBytes));
                List<StoredItem> items = intact(rows);
                handedOut.add(RowId.of(items));
                more = rows.size() == maxItems || bytes(rows) + session.maxItemSize() > maxBytes;
                if (!items.isEmpty() || rows.isEmpty()) {
                    return items;
                }
            }
        } finally {
            reading.unlock();
        }
    }

    private static long bytes(List<ItemRow> rows) {
        return rows.stream().mapToLong(row -> row.payload().length).sum();
    }

    @Override
    public boolean hasMore() {
        return more;
    }

    /** Returns the rows whose checksum is right, and moves the others to the dead letters. */
    private List<StoredItem> intact(List<ItemRow> rows) {
        List<StoredItem> items = new ArrayList<>(rows.size());
        List<DeadItem> damaged = new ArrayList<>();
        for (ItemRow row : rows) {
            StoredItem item = new StoredItem(new RowId(row.id()), row.type(), row.payload(), row.age());
            if (row.isIntact()) {
                items.add(item);
            } else {
                damaged.add(new DeadItem(item, 0, DAMAGED));
            }
        }
        if (!damaged.isEmpty()) {
            moveToDeadLetters(damaged);
            damaged(damaged.size(), "items had a wrong checksum and were moved to the dead letters");
        }
        return items;
    }

    private void damaged(long items, String what) {
        session.damaged(number(), items, what);
    }

    @Override
    public void begin(BatchRecord batch) {
        if (!batch.isInterrupted()) {
            throw new IllegalArgumentException("begin records a batch without retryIn: its outcome is not known yet");
        }
        requireHeld();
        RecordKey before = known;
        if (!database.runStatement("record an attempt", jdbc -> tables.setRecord(jdbc, lease, before, batch))) {
            database.run("record an attempt", jdbc -> change(jdbc, batch));
        }
        known = RecordKey.of(batch);
    }

    @Override
    public void settle(Settlement settlement) {
        requireHeld();
        long missing = settlement.dead().isEmpty() ? settleAtOnce(settlement) : -1;
        if (missing < 0) {
            missing = database.run("record an outcome", jdbc -> settle(jdbc, settlement));
        }
        settled(settlement);
        if (missing > 0) {
            damaged(missing, "handled items were no longer stored when their outcome was recorded");
        }
    }

    /** Records what has no dead letters with one statement. Returns how many items were missing; -1 if the row is not as expected. */
    private long settleAtOnce(Settlement settlement) {
        RecordKey before = known;
        long[] handled = RowId.of(settlement.handled());
        int removed = database.runStatement(
                "record an outcome", jdbc -> tables.settle(jdbc, lease, before, settlement.remaining(), handled));
        return removed < 0 ? -1 : handled.length - removed;
    }

    /** Returns how many items were not there any more, though this is the first try. */
    long settle(Jdbc jdbc, Settlement settlement) throws SQLException {
        boolean firstTry = change(jdbc, settlement.remaining());
        int removed = tables.delete(jdbc, number(), RowId.of(settlement.handled()))
                + tables.moveToDeadLetters(jdbc, number(), settlement.dead());
        int expected = settlement.handled().size() + settlement.dead().size();
        return firstTry ? expected - removed : 0;
    }

    /** The settlement was committed. */
    void settled(Settlement settlement) {
        known = RecordKey.of(settlement.remaining());
        handedOut.remove(RowId.of(settlement.handled()));
        handedOut.remove(settlement.dead().stream()
                .mapToLong(dead -> RowId.of(dead.item()))
                .toArray());
    }

    /**
     * Sets the recorded batch. Where the row is not as expected but still this owner's, an earlier call had committed without an
     * answer: only this partition writes under its epoch. Returns whether the row was as expected.
     */
    private boolean change(Jdbc jdbc, @Nullable BatchRecord batch) throws SQLException {
        if (tables.setRecord(jdbc, lease, known, batch)) {
            return true;
        }
        RecordRow row = tables.record(jdbc, lease);
        if (row == null || !tables.setRecord(jdbc, lease, row.key(), batch)) {
            throw lost();
        }
        return false;
    }

    @Override
    public void moveToDeadLetters(List<DeadItem> items) {
        requireHeld();
        database.run("move items to the dead letters", jdbc -> {
            lock(jdbc);
            return tables.moveToDeadLetters(jdbc, number(), items);
        });
        handedOut.remove(items.stream().mapToLong(dead -> RowId.of(dead.item())).toArray());
    }

    /** Renews the lease and holds the row until the transaction ends. */
    void lock(Jdbc jdbc) throws SQLException {
        if (!tables.renew(jdbc, lease)) {
            throw lost();
        }
    }

    private void requireHeld() {
        if (released.get()) {
            throw lost();
        }
    }

    private PartitionLostException lost() {
        return new PartitionLostException(tables.batcher, number());
    }

    @Override
    public void release() {
        release(false);
    }

    @Override
    public void releaseForLease() {
        release(true);
    }

    private void release(boolean forLease) {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        end();
        try {
            database.requireReachable("release a partition");
            database.run("release a partition", jdbc -> {
                tables.release(jdbc, lease);
                return true;
            });
        } catch (BatcherStoreException | IllegalStateException e) {
            Log.warning(
                    "Batcher \"" + tables.batcher + "\" could not release partition " + number()
                            + ": another process takes it over when its lease has ended",
                    e);
        }
        session.released(this, forLease);
    }

    @Override
    public String toString() {
        return tables.batcher + "[" + number() + "]";
    }
}
