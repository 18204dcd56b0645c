/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.FlushReason;
import io.batcher.internal.buffer.ItemBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whether batches may be delivered at all, and whether one is due: the rules over the life of the batcher, its switches and what
 * waits. Guarded by the batcher's lock.
 */
final class FlushTrigger<T> {

    private final ItemBuffer<T> intake;
    private final long intervalNanos;
    private final boolean eager;

    private Lifecycle lifecycle = Lifecycle.OPEN;
    private boolean paused;
    private boolean draining;
    private boolean ticking;

    /** Whether the drain of close is over because an attempt failed. */
    private boolean drainFailed;

    FlushTrigger(BatcherConfig<T> config, ItemBuffer<T> intake) {
        this.intake = intake;
        this.intervalNanos = config.interval().toNanos();
        this.eager = config.eager();
        this.ticking = config.autoFlush();
    }

    // ---- switches

    Lifecycle lifecycle() {
        return lifecycle;
    }

    void enter(Lifecycle next) {
        lifecycle = next;
    }

    /** Returns whether that changes anything. */
    boolean pause(boolean on) {
        boolean changes = lifecycle == Lifecycle.OPEN && paused != on;
        paused = on;
        return changes;
    }

    void drain(boolean on) {
        draining = on;
    }

    void tick(boolean on) {
        ticking = on;
    }

    /** An attempt that close has made has failed: there will be no further one. */
    void endDrain() {
        drainFailed = true;
    }

    BatcherState state() {
        return switch (lifecycle) {
            case CLOSED -> BatcherState.CLOSED;
            case CLOSING -> BatcherState.DRAINING;
            case OPEN -> paused ? BatcherState.PAUSED : draining ? BatcherState.DRAINING : BatcherState.RUNNING;
        };
    }

    // ---- rules

    boolean mayDeliver() {
        return switch (lifecycle) {
            case OPEN -> !paused;
            case CLOSING -> !drainFailed;
            case CLOSED -> false;
        };
    }

    /** Whether what failed will be tried again, sooner or later. */
    boolean willRetry() {
        return lifecycle == Lifecycle.OPEN || mayDeliver();
    }

    /**
     * Why the next batch is to be taken from the buffer now; null if it is not.
     *
     * @param flushAsked whether somebody waits for a flush
     */
    @Nullable FlushReason due(boolean flushAsked, long now) {
        if (intake.waiting() == 0) {
            return null;
        }
        if (lifecycle == Lifecycle.CLOSING) {
            return FlushReason.CLOSE;
        }
        FlushReason full = intake.full();
        if (full != null) {
            return full;
        }
        if (flushAsked) {
            return FlushReason.MANUAL;
        }
        if (draining || eager || intake.isRoomWanted()) {
            return FlushReason.EAGER;
        }
        return ticking && now - tickAt() >= 0 ? FlushReason.INTERVAL : null;
    }

    /** When the next batch will be due if nothing else happens; null if never. */
    @Nullable Long nextTick() {
        return ticking && intake.waiting() > 0 ? (Long) tickAt() : null;
    }

    private long tickAt() {
        return intake.oldestAddedAt() + intervalNanos;
    }
}
