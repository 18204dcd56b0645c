/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.internal.lanes.Lane;
import io.batcher.internal.threads.LoopSignals;
import io.batcher.internal.threads.LoopStatus;
import org.jspecify.annotations.Nullable;

/** One of the loops that may be active at once, and the lane that it serves. Guarded by the batcher's lock. */
final class Run<T> extends LoopStatus {

    /** The lane of the last action; null if the run is idle. */
    private @Nullable Lane<T> lane;

    /** Whether the action goes on, or has left the lane to a stage. */
    private boolean serving;

    /** Whether the action has taken no permit of the pace yet, and will. */
    private boolean starting;

    Run(int index, long intervalNanos, LoopSignals signals) {
        super(index, intervalNanos, signals);
    }

    /** Returns the lane of the action that the run does, or of the stage that it has detached from; null between actions. */
    @Nullable Lane<T> lane() {
        return serving ? lane : null;
    }

    /** Returns the lane of the last action; null if the run is idle. */
    @Nullable Lane<T> lastLane() {
        return lane;
    }

    /**
     * Begins an action for a lane.
     *
     * @param starting whether it will call the handler
     */
    void serve(Lane<T> lane, boolean starting) {
        this.lane = lane;
        this.starting = starting;
        serving = true;
    }

    /** Ends the action. */
    void release() {
        serving = false;
        starting = false;
    }

    @Override
    public void goIdle() {
        super.goIdle();
        release();
        lane = null;
    }

    boolean isStarting() {
        return starting;
    }

    /** Records that the handler is called. */
    void started() {
        starting = false;
    }

    /** Whether the attempt of the last action waits for its permit. */
    boolean awaitsPermit() {
        return lane != null && lane.awaitsPermit();
    }

    /** Whether it has a lane whose stage has ended. It is idle if the executor has refused the task that was to settle that. */
    boolean isStageEnded() {
        return (is(State.WAITING) || is(State.IDLE)) && serving && lane != null && lane.isStageEnded();
    }

    /** Whether it has no lane and may take one. */
    boolean isFree() {
        return is(State.IDLE) && !serving;
    }
}
