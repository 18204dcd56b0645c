/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.Capacity;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.ScheduledLane;
import io.batcher.internal.lanes.StoreBacking;
import io.batcher.internal.lanes.Unread;
import io.batcher.internal.lanes.When;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Partition;
import io.batcher.store.StoredItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lane that is a partition of the store: what is done next for it, and which attempt it may make. Its parts are what it {@link ReadAhead reads}, the
 * {@link PendingOutcome outcome} that the store has to record, and its {@link LaneEnd end}. Guarded by the batcher's lock, except where stated.
 */
public final class PartitionLane<T> extends ScheduledLane<T> implements StoreBacking {

    private static final int MIN_LENGTH = 16;

    private final Partition partition;
    private final StoreRoom<T> room;
    private final StoreWait wait = new StoreWait();
    private final ReadAhead<T> ahead;
    private final PendingOutcome<T> outcome;
    private final LaneEnd end = new LaneEnd();

    /** Whether it is known what the last attempt was made with. */
    private boolean restored;

    private StoreAction storeAction = StoreAction.NONE;

    /** When the store is asked again for what is due and is no reading. */
    private long storeNotBefore;

    public PartitionLane(BatcherConfig<T> config, Partition partition, StoreRoom<T> room, long now) {
        super(
                new ItemBuffer<>(
                        config, new Capacity(Integer.MAX_VALUE, Capacity.NONE_AHEAD), Integer.MAX_VALUE, MIN_LENGTH),
                null);
        this.partition = partition;
        this.room = room;
        this.ahead = new ReadAhead<>(buffer(), config.maxBatchSize(), wait, now);
        this.outcome = new PendingOutcome<>(ahead.items());
        this.storeNotBefore = now;
    }

    /** Returns the lane of a batch of stored items. */
    public static <T> PartitionLane<T> of(FrozenBatch<T> batch) {
        return (PartitionLane<T>) Lane.of(batch);
    }

    /** Begins what is due in the store of a lane that has one. */
    public static <T> PartitionLane<T> begin(Lane<T> lane, long now) {
        PartitionLane<T> stored = (PartitionLane<T>) lane;
        stored.begin(now);
        return stored;
    }

    public Partition partition() {
        return partition;
    }

    /** Returns what was read of the partition, and what is read next. */
    public ReadAhead<T> ahead() {
        return ahead;
    }

    /** Returns what is to be recorded of the attempts. */
    public PendingOutcome<T> outcome() {
        return outcome;
    }

    /** Returns whether and why the lane ends. */
    public LaneEnd end() {
        return end;
    }

    @Override
    public StoreBacking backing() {
        return this;
    }

    // ---- what is due

    @Override
    public When duty(long now) {
        if (isRecording()) {
            return When.Never.NEVER; // also if close has ended without the run that does it
        }
        if (outcome.isPending()) {
            return When.from(storeNotBefore, When.Due.STORE, now);
        }
        if (end.isNear() || isToStop()) {
            return isCalling() ? When.Never.NEVER : When.Due.STORE;
        }
        return !restored || !ahead.refused().isEmpty()
                ? When.from(storeNotBefore, When.Due.STORE, now)
                : When.Never.NEVER;
    }

    /** Whether a run is recording the outcome now. */
    private boolean isRecording() {
        return outcome.isPending() && storeAction == StoreAction.RECORD;
    }

    /** Whether everything is settled that stands before what this process cannot read. */
    private boolean isToStop() {
        return ahead.isAtEnd() && buffer().waiting() == 0 && !hasRetries() && inFlightSize() == 0;
    }

    @Override
    public boolean mayAttempt() {
        return super.mayAttempt() && restored && !end.isNear() && !outcome.isPending();
    }

    /** {@inheritDoc} Calls wait for the room of the store. */
    @Override
    public boolean isRoomWanted() {
        return room.isWanted();
    }

    @Override
    public FrozenBatch<T> beginAttempt(When.Due due, BatchIds ids, int maxBatchSize, long now) {
        FrozenBatch<T> batch = super.beginAttempt(due, ids, maxBatchSize, now);
        ahead.countLacking();
        return batch;
    }

    @Override
    public Unread unread() {
        return ahead;
    }

    @Override
    public void begin(long now) {
        if (outcome.isPending()) {
            storeAction = StoreAction.RECORD;
        } else if (end.isNear() || isToStop()) {
            if (!end.isNear()) {
                end.stop();
            }
            storeAction = StoreAction.RELEASE;
        } else if (!restored) {
            storeAction = StoreAction.RESTORE;
        } else if (!ahead.refused().isEmpty()) {
            storeAction = StoreAction.MOVE_TO_DEAD_LETTERS;
        } else {
            storeAction = StoreAction.READ;
            ahead.begin();
        }
    }

    /** Returns what the run that serves the lane has to do. */
    public StoreAction storeAction() {
        return storeAction;
    }

    private void answered() {
        storeAction = StoreAction.NONE;
        wait.reset();
    }

    /** Puts off what is due, because the store has failed. */
    public void storeActionFailed(long now) {
        storeAction = StoreAction.NONE;
        storeNotBefore = now + wait.next();
        outcome.failed();
    }

    /** Returns how long to wait after a failure of the store. */
    public long nextWait() {
        return wait.next();
    }

    // ---- what is read

    /**
     * Adds what was read.
     *
     * @param full whether there may be more behind it
     */
    public void read(DecodedItems<T> reading, boolean full, long now) {
        answered();
        ahead.add(reading, full, now);
    }

    /** Puts the reading off, because the store has failed. */
    public void readFailed(long now) {
        storeAction = StoreAction.NONE;
        ahead.failed(now);
    }

    /** Records that refused items were moved to the dead letters. Returns them. */
    public List<DeadItem> wereSetAside() {
        answered();
        return ahead.wereSetAside();
    }

    // ---- what an earlier process has attempted

    /** Records that what the last attempt was made with is known: items may follow. */
    public void restored(long now) {
        answered();
        restored = true;
        ahead.becomeFull(now);
    }

    /** Returns the batch of the last attempt, which is taken from the buffer and in no queue yet. */
    public FrozenBatch<T> restore(String id, BatchRecord batch, DecodedItems<T> reading, long now) {
        ahead.append(reading, now);
        ChunkSlice<T> taken = buffer().lookAtRemaining();
        buffer().takeRemaining(taken);
        int attempts = batch.isTakenBack() ? 0 : batch.attempt();
        return FrozenBatch.restored(this, id, taken, attempts, batch.counted());
    }

    // ---- what is recorded

    /** Returns the record of an attempt that begins. Only by the run that serves the lane. */
    public BatchRecord record(FrozenBatch<T> batch) {
        return ahead.items().record(batch, null);
    }

    @Override
    public boolean records(FrozenBatch<T> batch) {
        outcome.handled(batch);
        return true;
    }

    @Override
    public void giveUp(GivenUp<T> letter, long now) {
        outcome.gaveUp(letter);
    }

    /** Makes what was settled last to be recorded. */
    public Recording<T> beginRecording(EndedAttempt<T> ended, long now) {
        Recording<T> recording = outcome.begin(ended, retriesIfAny(), now);
        storeAction = StoreAction.RECORD;
        storeNotBefore = now;
        clearInFlight();
        return recording;
    }

    /** Returns the stored items of a batch. Only by the run that serves the lane. */
    public List<StoredItem> itemsOf(FrozenBatch<T> batch) {
        return ahead.items().of(batch);
    }

    /** Removes what was recorded as handled or given up. */
    public void recorded(Recording<T> done) {
        answered();
        outcome.end();
        done.handled().forEach(this::remove);
        done.letters().forEach(letter -> remove(letter.batch()));
    }

    /** Lets no outcome be recorded any more, because close has ended. Returns how many items are not settled because of that. */
    public int endRecording() {
        return outcome.close(isRecording());
    }

    private void remove(FrozenBatch<T> settled) {
        ahead.items().remove(settled);
        buffer().release(settled.size());
    }

    // ---- the end

    /** Lets the lane end when what is with the handler is recorded. */
    public void revoke() {
        end.revoke();
    }

    /** Lets the lane end, because another process owns the partition: nothing of it is recorded any more. */
    public void lose() {
        end.lose();
        outcome.end();
        if (awaitsPermit()) {
            clearCall();
        }
    }

    /** {@inheritDoc} What a run that has failed had read is not known: the store hands it out again to the next lane of the partition. */
    @Override
    public void abandonAttempt() {
        super.abandonAttempt();
        if (storeAction.isReading()) {
            revoke();
        }
        storeAction = StoreAction.NONE;
    }

    /** {@inheritDoc} The lane does not go on, but close does. What the store does for the lane close does not wait for. */
    @Override
    public boolean canContinueWithoutInFlight() {
        return isCalling();
    }

    /** {@inheritDoc} Nothing is handed back: the items stay stored. */
    @Override
    public @Nullable FrozenBatch<T> abandonedAside() {
        return null;
    }

    // ---- facts

    /** Whether the handler has a batch of it, or is about to. */
    public boolean isCalling() {
        return inFlightSize() > 0 && !awaitsPermit();
    }

    /** Whether nothing of it is read, attempted or to be recorded, as far as is known. */
    public boolean isQuiet() {
        return restored
                && !ahead.isAvailable()
                && !outcome.isPending()
                && buffer().waiting() == 0
                && inFlightSize() == 0
                && !hasRetries();
    }
}
