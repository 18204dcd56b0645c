/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a lane is with the handler: the batch in flight and its attempt, and the batches whose calls close continues without. Guarded by
 * the batcher's lock.
 */
abstract class LaneCalls<T> {

    /** The batch with the handler. */
    private @Nullable FrozenBatch<T> inFlight;

    /** The attempt whose stage was pending when the loop detached from it, until it is settled. */
    private @Nullable Attempt<T> detached;

    /** The attempt that has begun and waits for its permit to call the handler. */
    private @Nullable Attempt<T> awaitingPermit;

    /** The attempt whose time is limited; null if there is none, or it was told to time out. */
    private @Nullable Attempt<T> timed;

    /** The batch whose call waits for close, and its attempt once the loop has detached from that. Close continues without it. */
    private @Nullable FrozenBatch<T> aside;

    private @Nullable Attempt<T> asideDetached;

    /** That attempt, if its time is limited and it was not told to time out. */
    private @Nullable Attempt<T> asideTimed;

    /** Batches whose call will not return, because it is inside {@code System.exit}. */
    private List<FrozenBatch<T>> neverReturning = List.of();

    // ---- the batch in flight

    /** Returns the batch in flight; null if there is none. */
    @Nullable FrozenBatch<T> inFlight() {
        return inFlight;
    }

    void inFlight(FrozenBatch<T> batch) {
        inFlight = batch;
    }

    /** Whether the attempt owns the batch in flight: not if close has handed that back or has set it aside. */
    public boolean isInFlight(Attempt<T> attempt) {
        return inFlight == attempt.frozenBatch();
    }

    /** Whether the handler has a batch whose attempt began when it was due, rather than early for a flush. */
    public boolean isInFlightOnTime() {
        return inFlight != null && !inFlight.isEarly();
    }

    /** Removes the batch in flight, which is settled. */
    public void clearInFlight() {
        inFlight = null;
    }

    // ---- its attempt

    /** Keeps the attempt in flight without a thread until its call may start. */
    public void awaitPermit(Attempt<T> attempt) {
        awaitingPermit = attempt;
    }

    public boolean awaitsPermit() {
        return awaitingPermit != null;
    }

    /** Returns the attempt that waited for its permit, whose call may start. */
    public Attempt<T> takePermitted() {
        Attempt<T> attempt = Objects.requireNonNull(awaitingPermit);
        awaitingPermit = null;
        return attempt;
    }

    /** Limits the time of the attempt that begins. */
    public void limitTime(Attempt<T> attempt) {
        timed = attempt;
    }

    /** Whether the time of an attempt is limited. */
    public boolean isTimed() {
        return timed != null || asideTimed != null;
    }

    /** Returns when the next attempt times out, of the one in flight and the one that was set aside. */
    public When timeout(long now) {
        return timed == null && asideTimed == null
                ? When.Never.NEVER
                : When.earlier(timeout(timed, now), timeout(asideTimed, now));
    }

    private static When timeout(@Nullable Attempt<?> attempt, long now) {
        return attempt == null ? When.Never.NEVER : new When.At(attempt.timeoutAt(now));
    }

    /** Returns an attempt whose time is over, once; null if there is none. */
    public @Nullable Attempt<T> takeTimedOut(long now) {
        Attempt<T> attempt = isLate(asideTimed, now) ? asideTimed : isLate(timed, now) ? timed : null;
        if (attempt != null) {
            forgetTimeout(attempt);
        }
        return attempt;
    }

    private static boolean isLate(@Nullable Attempt<?> attempt, long now) {
        return attempt != null && now - attempt.timeoutAt(now) >= 0;
    }

    private void forgetTimeout(Attempt<T> attempt) {
        timed = timed == attempt ? null : timed;
        asideTimed = asideTimed == attempt ? null : asideTimed;
    }

    /** Leaves an attempt to its pending stage. Returns whether it is the one in flight: else it was set aside. */
    public boolean detach(Attempt<T> attempt) {
        if (isAside(attempt)) {
            asideDetached = attempt;
            return false;
        }
        detached = attempt;
        return true;
    }

    public boolean isDetached() {
        return detached != null;
    }

    /** Whether the stage of the detached attempt has ended. */
    public boolean isStageEnded() {
        return detached != null && detached.isEnded();
    }

    /** Returns the detached attempt, whose stage has ended, to be settled. */
    public Attempt<T> takeDetached() {
        Attempt<T> attempt = Objects.requireNonNull(detached);
        detached = null;
        return attempt;
    }

    /** As {@link #isInFlight}, for an attempt that has ended. */
    public boolean end(Attempt<T> attempt) {
        forgetTimeout(attempt);
        return isInFlight(attempt);
    }

    /** Forgets the attempt in flight, whose run has failed. */
    public void abandonAttempt() {
        clearCall();
        timed = null;
    }

    /** Forgets the batch in flight and its attempt. */
    public void clearCall() {
        inFlight = null;
        detached = null;
        awaitingPermit = null;
    }

    // ---- calls that close continues without

    /** Whether the batch of the attempt was set aside: then its outcome counts, also after close has ended. */
    public boolean isAside(Attempt<T> attempt) {
        return aside == attempt.frozenBatch();
    }

    public boolean isAnyAside() {
        return aside != null;
    }

    /**
     * Sets the batch in flight aside.
     *
     * @param forEver whether the call will not return: then its batch is handed back
     */
    void setCallAside(boolean forEver) {
        if (forEver && inFlight != null) {
            List<FrozenBatch<T>> longer = new ArrayList<>(neverReturning);
            longer.add(inFlight);
            neverReturning = longer;
        } else if (inFlight != null) {
            aside = inFlight;
            asideDetached = detached;
            asideTimed = timed;
        }
        timed = null;
        clearCall();
    }

    /** Returns the attempt that was set aside, once, if its stage has ended. */
    public Optional<Attempt<T>> takeEndedAside() {
        Attempt<T> ended = asideDetached;
        if (ended == null || !ended.isEnded()) {
            return Optional.empty();
        }
        asideDetached = null;
        return Optional.of(ended);
    }

    /**
     * Returns the batch that was set aside if an error of the engine keeps its call from being settled; null if there is none. Only after an
     * error: a stage that has ended is about to be settled otherwise.
     */
    public @Nullable FrozenBatch<T> abandonedAside() {
        FrozenBatch<T> batch = aside;
        boolean stageEnded = asideDetached != null && asideDetached.isEnded();
        return batch != null && (batch.isAbandoned() || stageEnded) ? batch : null;
    }

    public void clearAside() {
        aside = null;
        asideDetached = null;
        asideTimed = null;
    }

    /** Returns the batches whose call will not return. */
    public List<FrozenBatch<T>> neverReturning() {
        return neverReturning;
    }

    /** Removes the batches whose call will not return, which were handed back. */
    public void clearNeverReturning() {
        neverReturning = List.of();
    }

    // ---- facts

    /** Whether the handler has a batch, also if close continues without it. */
    boolean isCalled() {
        return inFlight != null || aside != null || !neverReturning.isEmpty();
    }

    /** Returns what is with the handler: the batch in flight, and those that close continues without. */
    List<FrozenBatch<T>> called() {
        List<FrozenBatch<T>> called = new ArrayList<>(neverReturning);
        if (inFlight != null) {
            called.add(inFlight);
        }
        if (aside != null) {
            called.add(aside);
        }
        return called;
    }

    /** Returns how many items are with the handler. */
    public int inFlightSize() {
        int size = (inFlight == null ? 0 : inFlight.size()) + (aside == null ? 0 : aside.size());
        for (FrozenBatch<T> batch : neverReturning) {
            size += batch.size();
        }
        return size;
    }
}
