/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

/** Whether and why a lane ends. A lane that ends never begins again: its partition gets a new one. Guarded by the batcher's lock. */
public final class LaneEnd {

    private enum Reason {
        NONE,
        /** Another process is to take over, or this one stops. */
        REVOKED,
        /** Another process has taken over. */
        LOST,
        /** This process cannot read what is at the head. */
        STOPPED
    }

    private Reason reason = Reason.NONE;

    private boolean removed;

    LaneEnd() {}

    /** Lets the lane end, unless it does. */
    void revoke() {
        reason = reason == Reason.NONE ? Reason.REVOKED : reason;
    }

    void lose() {
        reason = Reason.LOST;
    }

    /** Lets the lane end, because this process cannot read what is at the head. */
    public void stop() {
        reason = Reason.STOPPED;
    }

    /** Whether the lane ends: no attempt begins and nothing is read any more. */
    public boolean isNear() {
        return reason != Reason.NONE;
    }

    /** Whether another process owns the partition. */
    public boolean isLost() {
        return reason == Reason.LOST;
    }

    /** Whether this process cannot read what is at the head. */
    public boolean isStopped() {
        return reason == Reason.STOPPED;
    }

    /** Records that the partition was given back. */
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }
}
