/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Capacity;
import io.batcher.internal.buffer.ChunkSlice;
import io.batcher.internal.buffer.RoomQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The room that lanes share, and the calls that wait for it, first come first served. A call that waits for the bound of its key waits in
 * the buffer of that lane and holds up no other. Guarded by the batcher's lock.
 */
final class SharedRoom<T> {

    /** What a change of a lane's content entails. */
    interface Contents<T> {
        /** Called before items are added to the lane. */
        void adding(ScheduledLane<T> lane);

        /** Called after items were added or taken out, or a call has begun or ceased to wait in the buffer of the lane. */
        void changed(ScheduledLane<T> lane, long now);
    }

    private final Capacity capacity;
    private final LaneTable<T> table;
    private final Contents<T> contents;
    private final boolean isBoundPerKey;

    /** The calls that wait for the room that all share. */
    private final RoomQueue<T> waiting = new RoomQueue<>();

    /** How many items those calls have. */
    private long waitingItems;

    /** Whether lanes may have slots that are reserved ahead of items. */
    private boolean isAnyAhead;

    /** The lanes in whose buffers calls wait for the bound of the key. */
    private final List<ScheduledLane<T>> atBound = new ArrayList<>(0);

    SharedRoom(Capacity capacity, LaneTable<T> table, Contents<T> contents, boolean isBoundPerKey) {
        this.capacity = capacity;
        this.table = table;
        this.contents = contents;
        this.isBoundPerKey = isBoundPerKey;
    }

    // ---- adding

    /** As {@link Lanes#append}. */
    boolean append(AddRequest<T> call, long now) {
        boolean fits = waiting.isEmpty() && laneAtBound(call, true) == null && isRoomFor(call);
        if (fits) {
            place(call, now);
        }
        return fits;
    }

    /** Returns whether there is room, after taking back what lanes have reserved and not claimed if that is needed. */
    private boolean isRoomFor(AddRequest<T> call) {
        if (call.size() > capacity.free()) {
            takeBack();
        }
        return call.size() <= capacity.free();
    }

    private void takeBack() {
        if (isAnyAhead) {
            table.all().forEach(lane -> lane.buffer().takeBack());
            isAnyAhead = false; // last: without the memory for the list it is tried again
        }
    }

    /**
     * Returns a lane whose bound the call would exceed; null if there is none.
     *
     * @param behindOthers whether a lane in which another call waits counts too
     */
    private @Nullable ScheduledLane<T> laneAtBound(AddRequest<T> call, boolean behindOthers) {
        if (!isBoundPerKey) {
            return null;
        }
        for (AddRequest<T> part : call.parts()) {
            ScheduledLane<T> lane = part.key() == null ? null : table.find(part.key());
            boolean full = lane != null && !lane.buffer().isWithinBound(part.size());
            if (lane != null && (full || (behindOthers && lane.buffer().isRoomWanted()))) {
                return lane;
            }
        }
        return null;
    }

    /** Adds all items: there is room for them. */
    private void place(AddRequest<T> call, long now) {
        List<AddRequest<T>> parts = call.parts();
        // Slots reserved ahead for one part may be needed by the next, and an add that claims one overtakes calls that
        // wait.
        boolean exact = parts.size() > 1 || isAnyWaitingBehind(call);
        capacity.exact(exact);
        isAnyAhead |= !exact && table.isFixed();
        try {
            for (AddRequest<T> part : parts) {
                ScheduledLane<T> lane = table.laneFor(part.key());
                contents.adding(lane);
                try {
                    lane.buffer().place(part, now);
                } finally {
                    contents.changed(lane, now); // also without the memory for all items
                }
            }
        } finally {
            capacity.exact(!waiting.isEmpty());
        }
    }

    /** Whether a call waits for the room that all share, other than this one if it is first. */
    private boolean isAnyWaitingBehind(AddRequest<T> call) {
        return waiting.size() > (waiting.first() == call ? 1 : 0);
    }

    // ---- waiting

    /** As {@link Lanes#await}. */
    void await(AddRequest<T> call, long now) {
        ScheduledLane<T> lane = waiting.isEmpty() ? laneAtBound(call, true) : null;
        if (lane == null) {
            awaitRoom(call);
        } else {
            awaitBound(call, lane, now);
        }
    }

    private void awaitRoom(AddRequest<T> call) {
        waiting.add(call);
        waitingItems += call.size();
        capacity.exact(true);
        takeBack();
    }

    private void endWait(AddRequest<T> call) {
        if (waiting.remove(call)) {
            waitingItems -= call.size();
        }
    }

    /** Waits in the lane; other keys of the call may be at their bound too. */
    private void awaitBound(AddRequest<T> call, ScheduledLane<T> lane, long now) {
        lane.buffer().await(call);
        if (!atBound.contains(lane)) {
            atBound.add(lane);
        }
        makeRoomAtBounds(call, now);
    }

    /** Makes due the keys that are at their bound. */
    private void makeRoomAtBounds(AddRequest<T> call, long now) {
        for (AddRequest<T> part : call.parts()) {
            ScheduledLane<T> lane = part.key() == null ? null : table.find(part.key());
            if (lane != null && !lane.buffer().isWithinBound(part.size())) {
                lane.makeRoom();
                contents.changed(lane, now);
            }
        }
    }

    /** As {@link Lanes#withdraw}. */
    void withdraw(AddRequest<T> call) {
        endWait(call);
        atBound.forEach(lane -> lane.buffer().withdraw(call));
        capacity.exact(!waiting.isEmpty());
    }

    /** Returns how much room is lacking for the calls that wait for what all share. */
    long lacking() {
        return waiting.isEmpty() ? 0 : waitingItems - capacity.free();
    }

    /** As {@link Lanes#admitNext}. */
    @Nullable AddRequest<T> admitNext(long now) {
        AddRequest<T> admitted = admitFirst(now);
        for (int i = 0; admitted == null && i < atBound.size(); i++) {
            admitted = admitAtBound(atBound.get(i), now);
        }
        for (int i = atBound.size() - 1; i >= 0; i--) {
            if (!atBound.get(i).buffer().isRoomWanted()) {
                contents.changed(atBound.remove(i), now);
            }
        }
        return admitted;
    }

    private @Nullable AddRequest<T> admitFirst(long now) {
        for (AddRequest<T> call = waiting.first(); call != null; call = waiting.first()) {
            ScheduledLane<T> lane = laneAtBound(call, true);
            if (lane == null) {
                return isRoomFor(call) ? admit(call, now) : null;
            }
            endWait(call);
            awaitBound(call, lane, now);
        }
        return null;
    }

    private @Nullable AddRequest<T> admitAtBound(ScheduledLane<T> lane, long now) {
        for (AddRequest<T> call = lane.buffer().longestWaiting();
                call != null;
                call = lane.buffer().longestWaiting()) {
            // Not behind others: two calls that wait in each other's lane would wait for ever.
            if (laneAtBound(call, false) != null) {
                makeRoomAtBounds(call, now);
                return null; // also if it waits for another key now: those behind it must not overtake
            }
            if (waiting.isEmpty() && isRoomFor(call)) {
                return admit(call, now);
            }
            lane.buffer().withdraw(call);
            awaitRoom(call);
        }
        return null;
    }

    private AddRequest<T> admit(AddRequest<T> call, long now) {
        place(call, now);
        withdraw(call);
        call.settle(AddRequest.Outcome.PLACED);
        return call;
    }

    /** Rejects the calls that wait, because the batcher is closed. */
    List<AddRequest<T>> close() {
        List<AddRequest<T>> refused = new ArrayList<>(waiting.all());
        table.all().forEach(lane -> refused.addAll(lane.buffer().close()));
        for (AddRequest<T> call : refused) {
            endWait(call);
            call.settle(AddRequest.Outcome.CLOSED);
        }
        return refused;
    }

    // ---- eviction

    /** As {@link Lanes#couldHold}. */
    boolean couldHold(AddRequest<T> call) {
        return call.size() <= capacity.limit() - capacity.unsettled() && (!isBoundPerKey || couldHoldByKey(call));
    }

    private boolean couldHoldByKey(AddRequest<T> call) {
        for (AddRequest<T> part : call.parts()) {
            ScheduledLane<T> lane = part.key() == null ? null : table.find(part.key());
            if (lane != null && !lane.buffer().couldHold(part.size())) {
                return false;
            }
        }
        return true;
    }

    /** Evicts from the lane of the call if that is at its bound, else as much as is lacking from the lane that waits longest. */
    ChunkSlice<T> evict(AddRequest<T> call, Schedule<T> schedule, long now) {
        ScheduledLane<T> full = laneAtBound(call, false);
        ScheduledLane<T> lane = full != null ? full : Objects.requireNonNull(schedule.longestWaiting());
        int lacking = full != null ? 1 : Math.max(1, call.size() - capacity.free());
        ChunkSlice<T> evicted = lane.buffer().evict(lacking);
        contents.changed(lane, now);
        return evicted;
    }
}
