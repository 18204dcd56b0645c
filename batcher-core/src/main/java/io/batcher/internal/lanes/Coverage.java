/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import java.util.ArrayDeque;
import java.util.Objects;

/**
 * Tells when everything that was accepted before a moment is settled, over all lanes. Each {@link #mark} begins an epoch. A lane knows the
 * epoch of its oldest unsettled item, and an epoch how many lanes have theirs in it: so what is settled is known without asking the lanes,
 * however many flushes are pending. Guarded by the batcher's lock.
 */
final class Coverage<T> {

    /** The epochs with unsettled items, in order, and empty ones between them; the last is {@link #newest}. */
    private final ArrayDeque<Epoch> epochs = new ArrayDeque<>(1);

    private Epoch newest = new Epoch(0);

    Coverage() {
        epochs.addLast(newest);
    }

    /**
     * Begins an epoch. Items that a lane accepts without the lock belong to it from {@link #bound} on.
     *
     * @return the mark: everything before it is settled when {@link #settledUpTo} is not less
     */
    long mark() {
        Epoch next = new Epoch(newest.number + 1);
        epochs.addLast(next);
        newest = next;
        return next.number;
    }

    /** Returns the last mark; 0 if there was none. */
    long lastMark() {
        return newest.number;
    }

    /** Called before items are added to the lane under the lock. The first item of a lane is. */
    void adding(ScheduledLane<T> lane) {
        if (lane.oldest == null) {
            newest.lanes++;
            lane.oldest = newest;
            lane.newest = newest;
        } else if (lane.newest != newest) {
            bound(lane);
        }
    }

    /** Records that the next items of the lane belong to the newest epoch, if it has any before them. */
    void bound(ScheduledLane<T> lane) {
        if (lane.oldest == null) {
            return;
        }
        ArrayDeque<Epoch.Boundary> boundaries = lane.boundaries == null ? new ArrayDeque<>(1) : lane.boundaries;
        lane.boundaries = boundaries;
        long next = lane.buffer().claimed();
        Epoch.Boundary last = boundaries.peekLast();
        if (last != null && last.sequence() == next) {
            boundaries.removeLast(); // no item came in that epoch
        }
        boundaries.addLast(new Epoch.Boundary(next, newest));
        lane.newest = newest;
    }

    /** Notes what flushes have covered of the lane: that is due from now on, also if they fail with another lane. */
    void flush(ScheduledLane<T> lane) {
        if (lane.oldest == null || lane.flushEndedIn == newest) {
            return;
        }
        Epoch.Boundary last = lane.boundaries == null ? null : lane.boundaries.peekLast();
        if (lane.newest != newest) {
            lane.flushedUpTo = lane.buffer().claimed();
        } else if (last != null && last.epoch() == newest) {
            lane.flushedUpTo = last.sequence();
        }
    }

    /** Ends what the flushes up to now have made due in the lane, because its own attempt has failed. */
    void endFlush(ScheduledLane<T> lane) {
        lane.flushEndedIn = newest;
        lane.flushedUpTo = 0;
    }

    /** Called after items of the lane were settled, or have left it. */
    void settled(ScheduledLane<T> lane) {
        Epoch before = lane.oldest;
        if (before == null) {
            return;
        }
        long unsettled = lane.firstUnsettled();
        if (unsettled >= lane.buffer().claimed()) {
            before.lanes--;
            lane.oldest = null;
            lane.newest = null;
            lane.boundaries = null;
            return;
        }
        ArrayDeque<Epoch.Boundary> boundaries = lane.boundaries;
        Epoch.Boundary reached = null;
        while (boundaries != null
                && !boundaries.isEmpty()
                && boundaries.getFirst().sequence() <= unsettled) {
            reached = boundaries.removeFirst();
        }
        if (reached != null) {
            before.lanes--;
            reached.epoch().lanes++;
            lane.oldest = reached.epoch();
        }
    }

    /** Returns the highest mark before which everything is settled. */
    long settledUpTo() {
        while (epochs.size() > 1 && epochs.getFirst().lanes == 0) {
            epochs.removeFirst();
        }
        return Objects.requireNonNull(epochs.peekFirst()).number;
    }
}
