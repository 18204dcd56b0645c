/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.AttemptInterruptedException;
import io.batcher.Batch;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.partitions.DecodedItems;
import io.batcher.internal.partitions.EndedAttempt;
import io.batcher.internal.partitions.FlushMarks;
import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.partitions.PartitionLanes;
import io.batcher.internal.partitions.Recording;
import io.batcher.internal.partitions.StoreRoom;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Partition;
import io.batcher.store.StoreCount;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of lanes whose items are in a store: partitions come and go, items are read, and an outcome counts when it is recorded. A
 * part of {@link FlushMachine}, guarded by the batcher's lock.
 */
public final class StoreOutcomes<T> {

    private final BatcherConfig<T> config;
    private final Lifecycle lifecycle;
    private final PendingFlushes pendingFlushes;
    private final Settlement<T> settlement;
    private final Counters counters;
    private final PartitionLanes<T> lanes;
    private final LoopControl<T> loop;
    private final Outcomes<T> outcomes;
    private final BatchIds ids;

    StoreOutcomes(
            BatcherConfig<T> config,
            Lifecycle lifecycle,
            PendingFlushes pendingFlushes,
            Settlement<T> settlement,
            Counters counters,
            PartitionLanes<T> lanes,
            LoopControl<T> loop,
            Outcomes<T> outcomes,
            BatchIds ids) {
        this.config = config;
        this.lifecycle = lifecycle;
        this.pendingFlushes = pendingFlushes;
        this.settlement = settlement;
        this.counters = counters;
        this.lanes = lanes;
        this.loop = loop;
        this.outcomes = outcomes;
        this.ids = ids;
    }

    public PartitionLanes<T> lanes() {
        return lanes;
    }

    public boolean isPaused() {
        return lifecycle.isStopped();
    }

    public boolean hasPendingFlushes() {
        return !pendingFlushes.isEmpty();
    }

    // ---- partitions

    public void gained(Partition partition, long now) {
        lanes.gained(partition, now);
    }

    public void revoked(Partition partition, long now) {
        end(partition, PartitionLane::revoke, now);
    }

    public void lost(Partition partition, long now) {
        end(partition, PartitionLane::lose, now);
    }

    /** Ends the lane of a partition, unless it has been given back. */
    private void end(Partition partition, Consumer<PartitionLane<T>> how, long now) {
        PartitionLane<T> lane = lanes.of(partition);
        if (lane != null) {
            how.accept(lane);
            lanes.changed(lane, now);
        }
    }

    /** Records that there may be items to read in the lane. */
    public void available(PartitionLane<T> lane, long now) {
        lane.ahead().becomeAvailable(now);
        lanes.changed(lane, now);
    }

    /** Ends a lane whose partition was given back. */
    public void released(PartitionLane<T> lane, long now) {
        lanes.released(lane);
        loop.release(lane, now);
    }

    // ---- what is read

    /** Adds what was read to the lane. */
    public void read(PartitionLane<T> lane, DecodedItems<T> reading, boolean full, long now) {
        lane.read(reading, full, now);
        loop.release(lane, now);
    }

    public void readFailed(PartitionLane<T> lane, long now) {
        lane.readFailed(now);
        loop.release(lane, now);
    }

    /** Tries again later what the store has refused to do for the lane. */
    public void storeActionFailed(PartitionLane<T> lane, long now) {
        lane.storeActionFailed(now);
        loop.release(lane, now);
    }

    /** Counts refused items that were moved to the dead letters. Returns them. */
    public List<DeadItem> movedToDeadLetters(PartitionLane<T> lane, long now, Decision decision) {
        List<DeadItem> moved = lane.wereSetAside();
        counters.deadLettered += moved.size();
        lanes.room().settled(moved.size());
        loop.release(lane, now);
        outcomes.afterRelease(now, decision);
        return moved;
    }

    // ---- what an earlier process has attempted

    /**
     * Begins a lane with what the last attempt was made with. An attempt without an outcome is judged before anything else is done.
     *
     * @param last null if nothing was attempted and is not settled
     * @param reading what the codec has made of its items
     * @return what is to be recorded first; null if nothing
     */
    public @Nullable Recording<T> restored(
            PartitionLane<T> lane, @Nullable BatchRecord last, DecodedItems<T> reading, BatcherClock clock, long now) {
        if (reading.stop() != null) {
            lane.end().stop();
            loop.release(lane, now);
            return null;
        }
        lane.restored(now);
        boolean changes = !reading.refused().isEmpty();
        FrozenBatch<T> batch = null;
        Throwable failure = null;
        if (last != null && !reading.stored().isEmpty()) {
            String id = changes ? String.valueOf(ids.next()) : last.id();
            batch = lane.restore(id, last, reading, now);
            if (last.retryIn() == null) {
                failure = new AttemptInterruptedException("attempt " + last.attempt() + " with batch " + last.id()
                        + " of batcher \"" + config.name() + "\" has no outcome: its process has ended");
                settlement.interrupted(lane, batch, failure, now);
            } else {
                settlement.restored(lane, batch, last.retryIn().toNanos(), now);
            }
            if (!pendingFlushes.isEmpty()) {
                lanes.catchUp(lane);
            }
        }
        if (failure == null && !changes) {
            loop.release(lane, now);
            return null;
        }
        Batch<T> attempted =
                failure == null ? null : Objects.requireNonNull(batch).batch(clock);
        return lane.beginRecording(EndedAttempt.ofEarlierProcess(attempted, failure, reading.refused()), now);
    }

    // ---- attempts

    /** Takes back an attempt that could not be recorded: it is made later, and counts as none. */
    public void deferred(Attempt<T> attempt, long now) {
        PartitionLane<T> lane = PartitionLane.of(attempt.frozenBatch());
        if (lane.isInFlight(attempt)) {
            forgetCall(lane);
            attempt.frozenBatch().undoAttempt();
            if (lane.pass() == null) {
                lane.retries().keep(attempt.frozenBatch());
            }
            lane.retries().defer(attempt.frozenBatch(), now + lane.nextWait(), now);
            loop.release(lane, now);
        }
    }

    /** Ends a lane whose attempt must not begin, because another process owns the partition. */
    public void lost(Attempt<T> attempt, long now) {
        PartitionLane<T> lane = PartitionLane.of(attempt.frozenBatch());
        if (lane.isInFlight(attempt)) {
            forgetCall(lane);
            lane.lose();
            loop.release(lane, now);
        }
    }

    /**
     * Ends a lane, because the answer to the commit of a handler's transaction was lost: when the partition is acquired again, the store
     * knows what was committed.
     */
    public void undecided(Attempt<T> attempt, long now) {
        PartitionLane<T> lane = PartitionLane.of(attempt.frozenBatch());
        if (lane.isInFlight(attempt)) {
            forgetCall(lane);
            lane.revoke();
            loop.release(lane, now);
        }
    }

    private void forgetCall(PartitionLane<T> lane) {
        lane.abandonAttempt();
        loop.limits().abandoned(lane);
    }

    /**
     * Ends an attempt, without any effect yet that others see.
     *
     * @param verdict null after success
     * @param recordedBefore whether the handled items have left the store with the transaction of the handler
     * @return what the store has to record; null if another process owns the partition, or close has ended
     */
    public @Nullable Recording<T> ended(
            Attempt<T> attempt, @Nullable RetryVerdict verdict, boolean recordedBefore, long now, Decision decision) {
        if (!outcomes.end(attempt) && !outcomes.isAside(attempt)) {
            return null;
        }
        PartitionLane<T> lane = PartitionLane.of(attempt.frozenBatch());
        if (lane.end().isLost() && !recordedBefore) {
            fenced(lane, now);
            return null;
        }
        boolean mayProbe = lifecycle.isOpen() && !lane.end().isNear();
        if (verdict == null) {
            settlement.succeeded(lane, attempt.frozenBatch(), mayProbe, now, decision);
        } else {
            settlement.failed(lane, attempt.frozenBatch(), verdict, mayProbe, now, decision);
        }
        return lane.beginRecording(EndedAttempt.of(attempt, verdict, recordedBefore), now);
    }

    /** Forgets the attempt that close has continued without. Returns whether there was one. */
    public boolean endAside(PartitionLane<T> lane, long now) {
        boolean ends = lane.isAnyAside();
        lane.clearAside();
        lanes.changed(lane, now);
        return ends;
    }

    /** Ends a lane whose outcome is not recorded, because another process owns the partition. */
    public void fenced(PartitionLane<T> lane, long now) {
        lanes.fenced();
        lane.lose();
        lane.clearInFlight();
        loop.release(lane, now);
    }

    /** Settles what was recorded. Returns the delay until the next attempt with what is left of the batch; empty if nothing is left. */
    public Optional<Duration> recorded(PartitionLane<T> lane, Recording<T> done, long now, Decision decision) {
        lane.recorded(done);
        counters.handled += done.handledItems();
        counters.deadLettered += done.deadItems();
        lanes.room().settled(done.settledItems());
        loop.release(lane, now);
        outcomes.afterRelease(now, decision);
        RetryVerdict verdict = done.ended().verdict();
        Attempt<T> attempt = done.ended().attempt();
        if (verdict != null && attempt != null) {
            if (verdict.isFailure()) {
                pendingFlushes.failed(attempt.attemptNumber(), verdict.cause(), decision);
                if (pendingFlushes.isEmpty()) {
                    lanes.marks().clear();
                }
            }
            outcomes.restIfAsked(verdict, now, decision);
        }
        return outcomes.retryIn(lane, now);
    }

    /** Lets no outcome be recorded any more, because close has ended. Returns how many items are not settled because of that. */
    public int endRecording(long now) {
        return lanes.endRecording(now);
    }

    // ---- flushes and room

    /** Completes the flushes that the mark and those in front of it cover. */
    public void settled(FlushMarks.Mark mark, Decision decision) {
        lanes.marks().settled(mark);
        pendingFlushes.settled(lanes.settledUpTo(), decision);
        if (pendingFlushes.isEmpty()) {
            lanes.marks().clear();
        }
    }

    /** Records that items for which there was room are stored. */
    public void added(int items, long now) {
        lanes.room().added(items, now);
    }

    /** Gives back the room of items that were not stored. */
    public void notAdded(int items, long now, Decision decision) {
        lanes.room().notAdded(items);
        outcomes.admitWaiting(now, decision);
    }

    /** Records items that were stored without asking for room: given-up ones that are delivered again. */
    public void redriven(int items, long now) {
        lanes.room().appended(items, now);
    }

    /** Records how much is stored, as the store has counted. */
    public void counted(StoreCount count, long acceptedBefore, long now, Decision decision) {
        lanes.room().counted(count, acceptedBefore, now);
        outcomes.admitWaiting(now, decision);
    }

    /** Corrects how much is stored; see {@link StoreRoom#correct}. */
    public boolean correct(StoreCount count, long changesBefore, long now, Decision decision) {
        boolean corrected = lanes.room().correct(count, changesBefore, now);
        outcomes.admitWaiting(now, decision);
        return corrected;
    }
}
