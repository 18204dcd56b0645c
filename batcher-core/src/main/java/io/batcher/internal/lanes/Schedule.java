/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.Overflow;
import io.batcher.internal.delivery.Throttle;
import io.batcher.internal.lanes.When.Due;
import io.batcher.internal.lanes.When.Never;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which of several lanes is served next. Due lanes wait in a row, and a lane that was served goes to its end: so each is served once a
 * round. The others are ordered by when they become due, so one timer is enough. Whatever may make a lane due {@linkplain #file files} it
 * again. Guarded by the batcher's lock.
 */
public final class Schedule<T> {

    private final int maxBatchSize;
    private final Overflow overflow;
    private final Coverage<T> coverage;

    /** Lanes with a letter to offer: no limit of handler calls applies to them. */
    private final ScheduledLane.Row<T> letters = new ScheduledLane.Row<>();

    /** Lanes whose next batch, or attempt that waits for its permit, is due. */
    private final ScheduledLane.Row<T> calls = new ScheduledLane.Row<>();

    private final LaneHeap<T> later = new LaneHeap.ByDue<>();

    /**
     * Lanes with waiting items: where they may be evicted, all; where calls wait for room, those that could be made due. The moments may be
     * too early where items have left a lane since.
     */
    private final LaneHeap<T> waiting = new LaneHeap.ByWait<>();

    /** How many lanes have become known. */
    private int orders;

    private final List<ScheduledLane<T>> served = new ArrayList<>(1);
    private @Nullable Rule rule;

    /** What {@link #next} has found. */
    private @Nullable ScheduledLane<T> found;

    /** Creates the schedule of lanes whose flushes and room are no matter of theirs. */
    public Schedule(int maxBatchSize) {
        this(maxBatchSize, Overflow.REJECT, new Coverage<>());
    }

    Schedule(int maxBatchSize, Overflow overflow, Coverage<T> coverage) {
        this.maxBatchSize = maxBatchSize;
        this.overflow = overflow;
        this.coverage = coverage;
    }

    public void connect(Rule rule) {
        this.rule = rule;
    }

    private Rule rule() {
        return Objects.requireNonNull(rule);
    }

    // ---- filing

    /** Finds out whether the lane is due, or when it will be. A due lane keeps its place. */
    public void file(ScheduledLane<T> lane, long now) {
        coverage.flush(lane);
        When letter = lane.served ? Never.NEVER : rule().letter(lane, now);
        When call = lane.served || letter instanceof Due ? Never.NEVER : rule().call(lane, now);
        if (lane.row == null && lane.duePlace == ScheduledLane.NOWHERE) {
            lane.order = ++orders;
        }
        enlist(lane, letter instanceof Due ? letters : call instanceof Due ? calls : null);
        Long moment = When.earlier(unlessDue(letter), unlessDue(call)).moment();
        if (moment == null) {
            later.remove(lane);
        } else {
            later.put(lane, moment);
        }
        if (mayWait(lane)) {
            waiting.put(lane, lane.buffer().oldestAddedAt());
        } else {
            waiting.remove(lane);
        }
    }

    private static When unlessDue(When when) {
        return when instanceof Due ? Never.NEVER : when;
    }

    private void enlist(ScheduledLane<T> lane, ScheduledLane.@Nullable Row<T> row) {
        if (lane.row == row) {
            return;
        }
        if (lane.row != null) {
            lane.row.remove(lane);
        }
        if (row != null && lane.awaitsPermit()) {
            row.addFirst(lane); // its attempt has begun
        } else if (row != null) {
            row.addLast(lane);
        }
    }

    /** Whether the lane is of interest to what needs room. */
    private boolean mayWait(ScheduledLane<T> lane) {
        return switch (overflow) {
            case DROP_OLDEST -> lane.buffer().waiting() > 0;
            case BLOCK ->
                lane.buffer().waiting() > 0
                        && lane.row == null
                        && !lane.served
                        && !lane.isRoomWanted()
                        && !lane.hasRetries();
            case REJECT, DROP_NEWEST -> false;
        };
    }

    /** Removes a lane that does not exist any more. */
    public void forget(ScheduledLane<T> lane) {
        enlist(lane, null);
        later.remove(lane);
        waiting.remove(lane);
    }

    // ---- service

    /** Returns what is due, or when something is; the parameters are those of {@link Lanes#next}. */
    public When next(@Nullable Throttle throttle, boolean mayCall, long now) {
        if (rule().isStopped()) {
            return Never
                    .NEVER; // the lanes keep their places, so that neither a pause nor its end costs as much as there
            // are lanes
        }
        for (ScheduledLane<T> lane = later.first(); lane != null && now - lane.dueAt >= 0; lane = later.first()) {
            later.remove(lane);
            file(lane, now);
        }
        When letter = first(letters, now);
        if (letter instanceof Due) {
            return letter;
        }
        When call = mayCall ? When.notBefore(Rule.limit(throttle), first(calls, now), now) : Never.NEVER;
        ScheduledLane<T> first = later.first();
        return call instanceof Due || first == null ? call : When.earlier(call, new When.At(first.dueAt));
    }

    /** Finds the first lane of the row that is still due: what was due when a lane was filed may have been withdrawn. */
    private When first(ScheduledLane.Row<T> row, long now) {
        for (ScheduledLane<T> lane = row.first(); lane != null; lane = row.first()) {
            coverage.flush(lane);
            When when = row == letters ? rule().letter(lane, now) : rule().call(lane, now);
            if (when instanceof Due) {
                found = lane;
                return when;
            }
            file(lane, now);
        }
        return Never.NEVER;
    }

    /** Takes the lane that {@link #next} has found. */
    public ScheduledLane<T> take() {
        ScheduledLane<T> lane = Objects.requireNonNull(found);
        served.add(lane); // first, because it may fail
        found = null;
        lane.served = true;
        lane.madeRoom();
        enlist(lane, null);
        later.remove(lane);
        if (overflow == Overflow.BLOCK) {
            waiting.remove(lane);
        }
        return lane;
    }

    public void release(ScheduledLane<T> lane) {
        lane.served = false;
        served.remove(lane);
    }

    List<ScheduledLane<T>> served() {
        return served;
    }

    // ---- room

    /** Makes those lanes due that have waited longest, until what is on its way makes this much room. */
    void makeRoom(long wanted, long now) {
        long coming = 0;
        for (ScheduledLane<T> lane : served) {
            coming += lane.inFlightSize();
        }
        for (ScheduledLane<T> lane = calls.first(); lane != null && coming < wanted; lane = lane.next) {
            coming += nextSize(lane);
        }
        for (ScheduledLane<T> lane = waiting.first(); lane != null && coming < wanted; lane = waiting.first()) {
            lane.makeRoom();
            coming += nextSize(lane);
            file(lane, now);
        }
    }

    private int nextSize(ScheduledLane<T> lane) {
        return Math.min(lane.buffer().waiting(), maxBatchSize);
    }

    /** Returns the lane whose oldest item has waited longest; null if none waits. Only where items may be evicted. */
    @Nullable ScheduledLane<T> longestWaiting() {
        for (ScheduledLane<T> lane = waiting.first(); lane != null; lane = waiting.first()) {
            if (lane.buffer().waiting() == 0) {
                waiting.remove(lane);
            } else if (lane.buffer().oldestAddedAt() == lane.waitsSince) {
                return lane;
            } else {
                waiting.put(lane, lane.buffer().oldestAddedAt());
            }
        }
        return null;
    }
}
