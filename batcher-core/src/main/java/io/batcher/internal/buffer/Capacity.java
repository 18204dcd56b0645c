/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

/**
 * The room of a batcher: the slots that its buffers have reserved are never more than its capacity. A buffer reserves slots ahead of the
 * items, so that producers claim them without the lock; where several buffers share the room, each only a small part of what is free.
 * Guarded by the batcher's lock.
 */
public final class Capacity {

    /** For {@link #Capacity}: slots are reserved for items only, never ahead of them. */
    public static final int NONE_AHEAD = 0;

    /** As many slots are reserved ahead at least, if so many are free: else each item acquires the lock when few are. */
    private static final int LEAST_AHEAD = 8;

    private final int limit;
    private final int buffers;

    /** Slots that are or may be claimed, plus taken items that are not settled. */
    private int reserved;

    /** The part of those that was taken and is not settled. */
    private int unsettled;

    /** Whether no slots are reserved ahead now. */
    private boolean exact;

    /**
     * Creates free room.
     *
     * @param buffers how many buffers share it and reserve slots ahead; 0 if they do not
     */
    public Capacity(int limit, int buffers) {
        this.limit = limit;
        this.buffers = buffers;
        this.exact = buffers == NONE_AHEAD;
    }

    /** Whether several buffers share it and reserve slots ahead. */
    boolean isShared() {
        return buffers > 1;
    }

    /** Returns how many more slots may be reserved. */
    public int free() {
        return limit - reserved;
    }

    /** Returns how many slots are reserved: items, and slots ahead of them. */
    public int reserved() {
        return reserved;
    }

    /** Returns how many items were taken and are not settled. */
    public int unsettled() {
        return unsettled;
    }

    public int limit() {
        return limit;
    }

    /** Sets whether no slots are reserved ahead from now on: so that every item acquires the lock, or finds the room it was promised. */
    public void exact(boolean exact) {
        this.exact = exact || buffers == NONE_AHEAD;
    }

    /** Returns how many slots of those wanted may be reserved for this many items, of which there is room for all. */
    int grant(int items, int wanted) {
        int free = free() - items;
        int ahead = exact ? 0 : buffers == 1 ? free : Math.min(free, Math.max(free / 2 / buffers, LEAST_AHEAD));
        return Math.min(wanted, items + ahead);
    }

    void reserve(int slots) {
        reserved += slots;
    }

    void release(int slots) {
        reserved -= slots;
    }

    void addUnsettled(int items) {
        unsettled += items;
        reserved += items;
    }

    void releaseUnsettled(int items) {
        unsettled -= items;
        reserved -= items;
    }
}
