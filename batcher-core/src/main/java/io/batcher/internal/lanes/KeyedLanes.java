/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Capacity;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Throttle;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lanes of a batcher with a key. */
public final class KeyedLanes<T> extends Lanes<T> {

    /** The shortest chunk of a lane: many a key has one item. */
    private static final int MIN_LENGTH_PER_KEY = 2;

    private static final int MIN_LENGTH = 16;

    private final LaneTable<T> table;
    private final Schedule<T> schedule;
    private final Coverage<T> coverage = new Coverage<>();
    private final SharedRoom<T> room;

    /** Whether a flush may have made a lane due. */
    private boolean flushed;

    /** What the pending flushes let lanes skip that wait for a retry. A flush that asks for no more need not look at them. */
    private Hurry hurried = Hurry.NONE;

    /** The mark of the last flush that lets all lanes skip the delay of a retry, and of the last that lets those on time. */
    private long hurriedAll;

    private long hurriedOnTime;

    /** How many lanes there are whose last attempt has failed. */
    private int failing;

    /** Items accepted in lanes that do not exist any more. */
    private long claimedBefore;

    public KeyedLanes(BatcherConfig<T> config) {
        int lanes = atOnce(config);
        Capacity capacity = new Capacity(config.capacity(), config.batchPerKey() ? Capacity.NONE_AHEAD : lanes);
        int minLength = config.batchPerKey() ? MIN_LENGTH_PER_KEY : MIN_LENGTH;
        int bound = config.capacityPerKey().orElse(config.capacity());
        this.table = config.batchPerKey()
                ? new LanePerKey<>(
                        lanes,
                        key -> new ScheduledLane<>(
                                new ItemBuffer<>(config, capacity, key == null ? config.capacity() : bound, minLength),
                                key))
                : new HashedLanes<>(
                        lanes,
                        key -> new ScheduledLane<>(
                                new ItemBuffer<>(config, capacity, config.capacity(), minLength), null));
        this.schedule = new Schedule<>(config.maxBatchSize(), config.overflow(), coverage);
        this.room = new SharedRoom<>(
                capacity, table, contents(), config.capacityPerKey().isPresent());
    }

    private SharedRoom.Contents<T> contents() {
        return new SharedRoom.Contents<>() {
            @Override
            public void adding(ScheduledLane<T> lane) {
                coverage.adding(lane);
            }

            @Override
            public void changed(ScheduledLane<T> lane, long now) {
                change(lane, now);
            }
        };
    }

    // ---- any thread, no lock

    @Override
    public @Nullable ItemBuffer<T> only() {
        return null;
    }

    @Override
    public @Nullable Lane<T> claimable(@Nullable Object key) {
        return table.claimable(key);
    }

    @Override
    public @Nullable Object group(@Nullable Object key) {
        return table.group(key);
    }

    // ---- which lane is served

    @Override
    public void connect(Rule rule) {
        schedule.connect(rule);
    }

    @Override
    public When next(@Nullable Throttle throttle, boolean mayCall, long now) {
        return schedule.next(throttle, mayCall, now);
    }

    @Override
    public Lane<T> take() {
        ScheduledLane<T> lane = schedule.take();
        if (!lane.awaitsPermit()) { // else its attempt began earlier
            lane.hurriedUpTo = coverage.lastMark();
        }
        return lane;
    }

    @Override
    public void release(Lane<T> lane, long now) {
        catchUp((ScheduledLane<T>) lane);
        schedule.release((ScheduledLane<T>) lane);
        changed(lane, now);
    }

    @Override
    public void changed(Lane<T> lane, long now) {
        change((ScheduledLane<T>) lane, now);
    }

    private void change(ScheduledLane<T> lane, long now) {
        coverage.settled(lane);
        if (lane.isVacant() && !lane.served && table.remove(lane)) {
            claimedBefore += lane.buffer().claimed();
            schedule.forget(lane);
            countFailing(lane, false);
        } else {
            countFailing(lane, lane.consecutiveFailures() > 0);
            schedule.file(lane, now);
        }
    }

    private void countFailing(ScheduledLane<T> lane, boolean fails) {
        if (lane.failing != fails) {
            lane.failing = fails;
            failing += fails ? 1 : -1;
        }
    }

    @Override
    public void allChanged(long now) {
        table.all().forEach(lane -> change(lane, now));
    }

    // ---- flushes

    @Override
    public long flush(Hurry hurry, boolean first, long now) {
        long mark = coverage.mark();
        hurriedAll = hurry == Hurry.ALL ? mark : hurriedAll;
        hurriedOnTime = hurry == Hurry.NONE ? hurriedOnTime : mark;
        if (first || hurry.compareTo(hurried) > 0 || table.isFixed()) {
            for (ScheduledLane<T> lane : table.all()) {
                if (table.isFixed()) { // else its next item is added under the lock
                    coverage.bound(lane);
                }
                if (hurry == Hurry.ALL || (hurry == Hurry.ON_TIME && lane.isLastOnTime())) {
                    lane.hurry();
                }
                schedule.file(lane, now);
            }
        }
        flushed = true;
        hurried = first || hurry.compareTo(hurried) > 0 ? hurry : hurried;
        return mark;
    }

    /**
     * Lets a lane that was served skip the delay of a retry if a flush was called meanwhile. If it does not, the next flush has to look at the
     * lanes again.
     */
    private void catchUp(ScheduledLane<T> lane) {
        if (hurriedAll > lane.hurriedUpTo || (hurriedOnTime > lane.hurriedUpTo && lane.isLastOnTime())) {
            lane.hurry();
        }
        lane.hurriedUpTo = coverage.lastMark();
        if (hurried != Hurry.NONE && lane.isDelayed()) {
            hurried = lane.isLastOnTime() ? Hurry.NONE : Hurry.ON_TIME;
        }
    }

    @Override
    public long settledUpTo() {
        return coverage.settledUpTo();
    }

    @Override
    public void endFlush(Lane<T> lane) {
        coverage.endFlush((ScheduledLane<T>) lane);
        catchUp((ScheduledLane<T>) lane);
    }

    @Override
    public void endFlushes(long now) {
        if (flushed) {
            for (ScheduledLane<T> lane : table.all()) {
                coverage.endFlush(lane);
                lane.endHurry();
                schedule.file(lane, now);
            }
        }
        flushed = false;
        hurried = Hurry.NONE;
        hurriedAll = 0;
        hurriedOnTime = 0;
    }

    // ---- room

    @Override
    public boolean append(AddRequest<T> call, long now) {
        return room.append(call, now);
    }

    @Override
    public void await(AddRequest<T> call, long now) {
        room.await(call, now);
        schedule.makeRoom(room.lacking(), now);
    }

    @Override
    public void withdraw(AddRequest<T> call) {
        room.withdraw(call);
    }

    @Override
    public @Nullable AddRequest<T> admitNext(long now) {
        AddRequest<T> admitted = room.admitNext(now);
        if (admitted == null) {
            schedule.makeRoom(room.lacking(), now);
        }
        return admitted;
    }

    @Override
    public boolean couldHold(AddRequest<T> call) {
        return room.couldHold(call);
    }

    @Override
    public ChunkSlice<T> evict(AddRequest<T> call, long now) {
        return room.evict(call, schedule, now);
    }

    @Override
    public List<AddRequest<T>> close() {
        return room.close();
    }

    // ---- facts

    @Override
    public void forEach(Consumer<? super Lane<T>> action) {
        table.all().forEach(action);
    }

    @Override
    public boolean isAnyFailing() {
        return failing > 0;
    }

    @Override
    public int count() {
        return table.count();
    }

    @Override
    public long claimedBefore() {
        return claimedBefore;
    }
}
