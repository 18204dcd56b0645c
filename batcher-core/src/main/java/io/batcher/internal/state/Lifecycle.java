/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.BatcherState;

/**
 * The life of a batcher, {@code OPEN -> CLOSING -> CLOSED}, and the switches that say whether it may deliver. Guarded by the batcher's
 * lock.
 */
final class Lifecycle {

    /** How far the life of a batcher has come. */
    private enum Phase {
        /** Items are accepted. */
        OPEN,
        /** Items are rejected; the remaining ones get their last attempt. */
        CLOSING,
        /** The remaining items were handed back. */
        CLOSED
    }

    private Phase phase = Phase.OPEN;
    private boolean hasHandler;
    private boolean paused;

    /** Whether every item is due at once. */
    private boolean draining;

    /** Whether the interval makes items due. */
    private boolean ticking;

    /** Whether an attempt, or an offer of a letter, that was made while closing has failed: then it was the last one. */
    private boolean lastAttemptFailed;

    private boolean lastOfferFailed;

    Lifecycle(boolean ticking) {
        this.ticking = ticking;
    }

    // ---- phases

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isClosing() {
        return phase == Phase.CLOSING;
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    void beginClose() {
        phase = Phase.CLOSING;
    }

    void endClose() {
        phase = Phase.CLOSED;
    }

    // ---- switches

    void handlerRegistered() {
        hasHandler = true;
    }

    /** Pauses or resumes delivery. Returns whether that changes anything. */
    boolean pause(boolean on) {
        boolean changes = isOpen() && paused != on;
        paused = on;
        return changes;
    }

    void startDraining() {
        draining = true;
    }

    void startTicking() {
        draining = false;
        ticking = true;
    }

    void stopTicking() {
        ticking = false;
    }

    /** Ends the attempts that are made while closing. */
    void endLastAttempts() {
        lastAttemptFailed = true;
    }

    /** Ends the offers of letters that are made while closing. */
    void endLastOffers() {
        lastOfferFailed = true;
    }

    // ---- what follows from them

    /** Whether nothing is delivered for now, whatever is due. */
    boolean isStopped() {
        return isOpen() && paused;
    }

    /** Whether an attempt may begin, unless everything {@linkplain #isStopped is stopped}. */
    boolean mayDeliver() {
        return hasHandler && mayRetry();
    }

    /** Whether a failed batch will be attempted again, perhaps after a pause. */
    boolean mayRetry() {
        return isOpen() || (isClosing() && !lastAttemptFailed);
    }

    /** Whether a letter may be offered, unless everything {@linkplain #isStopped is stopped}. */
    boolean mayOffer() {
        return isOpen() || (isClosing() && !lastOfferFailed);
    }

    boolean isDraining() {
        return draining;
    }

    boolean isTicking() {
        return ticking;
    }

    BatcherState state() {
        return switch (phase) {
            case CLOSED -> BatcherState.CLOSED;
            case CLOSING -> BatcherState.DRAINING;
            case OPEN -> paused ? BatcherState.PAUSED : draining ? BatcherState.DRAINING : BatcherState.RUNNING;
        };
    }
}
