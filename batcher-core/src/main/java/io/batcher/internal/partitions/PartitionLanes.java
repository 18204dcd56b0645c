/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStats;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.Lane;
import io.batcher.internal.lanes.LaneTotals;
import io.batcher.internal.lanes.Lanes;
import io.batcher.internal.lanes.Rule;
import io.batcher.internal.lanes.Schedule;
import io.batcher.internal.lanes.When;
import io.batcher.store.Partition;
import io.batcher.store.StoreMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lanes of a batcher with a store: the partitions that this process owns. */
public final class PartitionLanes<T> extends Lanes<T> {

    private final BatcherConfig<T> config;
    private final Schedule<T> schedule;
    private final StoreRoom<T> room;
    private final int atOnce;
    private final StoreHealth health;
    private final FlushMarks marks = new FlushMarks();

    /** Written under the lock and read without it: what a reader needs of a lane is final, volatile or atomic. */
    private final AtomicReferenceArray<@Nullable PartitionLane<T>> byNumber;

    private final List<PartitionLane<T>> lanes = new ArrayList<>();
    private final Set<Integer> stopped = new HashSet<>();

    /** What the next flush covers. */
    private @Nullable StoreMark nextMark;

    private boolean closed;

    /** What the pending flushes let lanes skip that wait for a retry. */
    private Hurry hurried = Hurry.NONE;

    private long fenced;

    public PartitionLanes(BatcherConfig<T> config, int partitions, StoreRoom<T> room, StoreHealth health) {
        this.config = config;
        this.schedule = new Schedule<>(config.maxBatchSize());
        this.room = room;
        this.atOnce = atOnce(config);
        this.health = health;
        this.byNumber = new AtomicReferenceArray<>(partitions);
    }

    // ---- partitions

    /** Creates the lane of a partition that this process owns from now on. */
    public void gained(Partition partition, long now) {
        PartitionLane<T> lane = new PartitionLane<>(config, partition, room, now);
        lanes.add(lane);
        byNumber.set(partition.number(), lane);
        stopped.remove(partition.number());
        if (closed) {
            lane.revoke();
        }
        changed(lane, now);
    }

    /** Returns the lane of a partition that this process has; null if it has given it back. */
    public @Nullable PartitionLane<T> of(Partition partition) {
        PartitionLane<T> lane = byNumber.get(partition.number());
        return lane != null && lane.partition() == partition ? lane : null;
    }

    /** Returns the lane of a partition by its number; null if this process does not own it. Any thread, without the lock. */
    public @Nullable PartitionLane<T> owned(int number) {
        return byNumber.get(number);
    }

    /** Removes a lane whose partition was given back. */
    public void released(PartitionLane<T> lane) {
        lane.end().remove();
        lanes.remove(lane);
        byNumber.compareAndSet(lane.partition().number(), lane, null);
        schedule.release(lane);
        schedule.forget(lane);
        if (lane.end().isStopped()) {
            stopped.add(lane.partition().number());
        }
    }

    /** Counts an attempt whose outcome another process does not let this one record. */
    public void fenced() {
        fenced++;
    }

    /** Whether no lane has anything to read, deliver or record, as far as is known. */
    public boolean areQuiet() {
        return lanes.stream().allMatch(PartitionLane::isQuiet);
    }

    /** {@inheritDoc} One more than calls: a partition is given back while the handler has batches of others. */
    @Override
    public int loops(BatcherConfig<T> config) {
        return atOnce(config) + 1;
    }

    // ---- any thread, no lock

    @Override
    public @Nullable ItemBuffer<T> only() {
        return null;
    }

    @Override
    public @Nullable Lane<T> claimable(@Nullable Object key) {
        return null;
    }

    @Override
    public @Nullable Object group(@Nullable Object key) {
        return null;
    }

    // ---- which lane is served

    @Override
    public void connect(Rule rule) {
        schedule.connect(rule);
    }

    @Override
    public When next(@Nullable Throttle throttle, boolean mayCall, long now) {
        return schedule.next(throttle, mayCall && calls() < atOnce, now);
    }

    /** Returns how many calls of the handler run. */
    private int calls() {
        int calls = 0;
        for (PartitionLane<T> lane : lanes) {
            calls += lane.isCalling() ? 1 : 0;
        }
        return calls;
    }

    @Override
    public Lane<T> take() {
        return schedule.take();
    }

    @Override
    public void release(Lane<T> lane, long now) {
        schedule.release((PartitionLane<T>) lane);
        changed(lane, now);
    }

    @Override
    public void changed(Lane<T> lane, long now) {
        PartitionLane<T> stored = (PartitionLane<T>) lane;
        if (!stored.end().isRemoved()) {
            schedule.file(stored, now);
        }
    }

    @Override
    public void allChanged(long now) {
        lanes.forEach(lane -> schedule.file(lane, now));
    }

    // ---- flushes

    /** Sets what the next flush covers. */
    public void nextMark(@Nullable StoreMark mark) {
        nextMark = mark;
    }

    public FlushMarks marks() {
        return marks;
    }

    @Override
    public long flush(Hurry hurry, boolean first, long now) {
        hurried = first || hurry.compareTo(hurried) > 0 ? hurry : hurried;
        for (PartitionLane<T> lane : lanes) {
            if (hurry == Hurry.ALL || (hurry == Hurry.ON_TIME && lane.isInFlightOnTime())) {
                lane.hurry();
            }
        }
        long number = marks.add(Objects.requireNonNull(nextMark));
        nextMark = null;
        return number;
    }

    /** Files all lanes again, after a flush has become pending. */
    public void flushed(long now) {
        allChanged(now);
    }

    @Override
    public long settledUpTo() {
        return marks.settledUpTo();
    }

    @Override
    public void endFlush(Lane<T> lane) {}

    /** Lets a lane skip the delay of a retry that it has found in the store, if the flushes that are pending skip delays. */
    public void catchUp(PartitionLane<T> lane) {
        if (hurried == Hurry.ALL) {
            lane.hurry();
        }
    }

    @Override
    public void endFlushes(long now) {
        hurried = Hurry.NONE;
        lanes.forEach(Lane::endHurry);
        allChanged(now);
    }

    // ---- room

    public StoreRoom<T> room() {
        return room;
    }

    @Override
    public boolean append(AddRequest<T> call, long now) {
        return room.reserve(call);
    }

    @Override
    public void await(AddRequest<T> call, long now) {
        room.await(call);
        allChanged(now); // what waits is due, to make room
    }

    @Override
    public void withdraw(AddRequest<T> call) {
        room.withdraw(call);
    }

    @Override
    public @Nullable AddRequest<T> admitNext(long now) {
        return room.admitNext();
    }

    @Override
    public boolean couldHold(AddRequest<T> call) {
        throw nothingIsDropped();
    }

    @Override
    public ChunkSlice<T> evict(AddRequest<T> call, long now) {
        throw nothingIsDropped();
    }

    private static IllegalStateException nothingIsDropped() {
        return new IllegalStateException("what is stored is never dropped");
    }

    /** {@inheritDoc} The lanes end: what is stored is delivered by the next process. */
    @Override
    public List<AddRequest<T>> close() {
        closed = true;
        lanes.forEach(PartitionLane::revoke);
        return room.close();
    }

    /** Lets no outcome be recorded any more, because close has ended. Returns how many items are not settled because of that. */
    public int endRecording(long now) {
        int unsettled = 0;
        for (PartitionLane<T> lane : lanes) {
            unsettled += lane.endRecording();
            changed(lane, now);
        }
        return unsettled;
    }

    /** Whether close continues without an attempt whose outcome is still to be recorded. */
    public boolean isAnyAside() {
        return lanes.stream().anyMatch(PartitionLane::isAnyAside);
    }

    @Override
    public boolean areHandedBack() {
        return false;
    }

    // ---- facts

    @Override
    public void forEach(Consumer<? super Lane<T>> action) {
        List.copyOf(lanes).forEach(action);
    }

    @Override
    public boolean isAnyFailing() {
        return lanes.stream().anyMatch(lane -> lane.consecutiveFailures() > 0);
    }

    @Override
    public int count() {
        return lanes.size();
    }

    @Override
    public long claimedBefore() {
        return 0;
    }

    /** {@inheritDoc} A store of one process counts what was handled, so that the numbers add up while items are being added. */
    @Override
    public void describe(BatcherStats.Builder stats, LaneTotals totals, long left, long now) {
        int depth = room.depth();
        stats.depth(depth)
                .accepted(room.isShared() ? room.accepted() : left + depth)
                .oldestAge(Duration.ofNanos(room.oldestAge(totals.oldestAge(), now)))
                .stoppedPartitions(stopped.size())
                .fenced(fenced)
                .storeFailure(health.failure());
    }
}
