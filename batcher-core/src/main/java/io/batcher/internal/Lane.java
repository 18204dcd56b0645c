/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.RetryQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What exists once per order of items: the buffer, what was attempted and is not settled, and the batch with the handler. Takes from the
 * queues what {@link FlushTrigger} says is due; {@link Settlement} puts back what an attempt leaves. Guarded by the batcher's lock.
 */
final class Lane<T> {

    private final ItemBuffer<T> buffer;
    private final RetryQueue<T> retries = new RetryQueue<>();

    /** The batch with the handler. */
    private @Nullable FrozenBatch<T> inFlight;

    /** The attempt whose stage was pending when the loop detached from it, until it is settled. */
    private @Nullable Attempt<T> detached;

    /** The attempt that has begun and waits for its slot to call the handler. */
    private @Nullable Attempt<T> held;

    /** The attempt whose time is limited; null if there is none, or it was told to time out. */
    private @Nullable Attempt<T> timed;

    /** Whether a flush makes the next attempt, or the next offer of a letter, skip its delay. */
    private boolean hurried;

    /** The batch whose call waits for close, and its attempt once the loop has detached from that. Close continues without it. */
    private @Nullable FrozenBatch<T> aside;

    private @Nullable Attempt<T> asideDetached;

    /** Batches whose call will not return, because it is inside {@code System.exit}. */
    private List<FrozenBatch<T>> neverReturning = List.of();

    Lane(ItemBuffer<T> buffer) {
        this.buffer = buffer;
    }

    ItemBuffer<T> buffer() {
        return buffer;
    }

    RetryQueue<T> retries() {
        return retries;
    }

    // ---- attempts

    /** Takes the batch that is due: one that failed before, or a new one of at most this size. */
    FrozenBatch<T> beginAttempt(When.Due due, BatchIds ids, int maxBatchSize, long now) {
        FrozenBatch<T> batch;
        boolean early = false;
        if (due == When.Due.RETRY) {
            early = retries.isEarly(now);
            batch = retries.next(ids, now);
        } else {
            batch = new FrozenBatch<>(ids.next(), buffer.takeBatch(maxBatchSize), Objects.requireNonNull(due.reason()));
        }
        inFlight = batch;
        batch.beginAttempt(early);
        hurried = false; // a flush that this attempt does not settle fails with it, or was called during it
        return batch;
    }

    /** Holds the attempt in flight until its call may start. */
    void hold(Attempt<T> attempt) {
        held = attempt;
    }

    boolean hasHeldAttempt() {
        return held != null;
    }

    /** Returns the attempt that was held, whose call may start. */
    Attempt<T> takeHeld() {
        Attempt<T> attempt = Objects.requireNonNull(held);
        held = null;
        return attempt;
    }

    /** Limits the time of the attempt that begins. */
    void limitTime(Attempt<T> attempt) {
        timed = attempt;
    }

    /** Returns when the attempt in flight times out. */
    When timeout(long now) {
        return timed == null ? When.Never.NEVER : new When.At(timed.timeoutAt(now));
    }

    /** Returns the attempt whose time is over, once; null if there is none. */
    @Nullable Attempt<T> takeTimedOut(long now) {
        Attempt<T> attempt = timed;
        if (attempt == null || now - attempt.timeoutAt(now) < 0) {
            return null;
        }
        timed = null;
        return attempt;
    }

    /** Leaves an attempt to its pending stage. Returns whether it is the one in flight: else it was set aside. */
    boolean detach(Attempt<T> attempt) {
        if (isAside(attempt)) {
            asideDetached = attempt;
            return false;
        }
        detached = attempt;
        return true;
    }

    boolean isDetached() {
        return detached != null;
    }

    /** Whether the stage of the detached attempt has ended. */
    boolean isStageEnded() {
        return detached != null && detached.isEnded();
    }

    /** Returns the detached attempt, whose stage has ended, to be settled. */
    Attempt<T> takeDetached() {
        Attempt<T> attempt = Objects.requireNonNull(detached);
        detached = null;
        return attempt;
    }

    /** Whether the attempt, which has ended, still owns the batch in flight: not if close has handed that back or has set it aside. */
    boolean end(Attempt<T> attempt) {
        timed = timed == attempt ? null : timed;
        return inFlight == attempt.frozenBatch();
    }

    /** Whether the batch of the attempt was set aside: then its outcome counts, also after close has ended. */
    boolean isAside(Attempt<T> attempt) {
        return aside == attempt.frozenBatch();
    }

    /** Removes the batch in flight, which is settled. */
    void clearInFlight() {
        inFlight = null;
    }

    /** Returns the batch in flight, unless it is a part of a bisection: that is in the retry queue. */
    @Nullable FrozenBatch<T> inFlightOutsideBisection() {
        return retries.pass() == null ? inFlight : null;
    }

    /** Forgets the attempt in flight, whose run has failed. */
    void abandonAttempt() {
        clearCall();
        timed = null;
    }

    /** Forgets the batch in flight and its attempt. */
    void clearCall() {
        inFlight = null;
        detached = null;
        held = null;
    }

    // ---- flushes

    /** Lets the next attempt, or the next offer of a letter, skip its delay. */
    void hurry() {
        hurried = true;
    }

    void endHurry() {
        hurried = false;
    }

    boolean isHurried() {
        return hurried;
    }

    /** Whether the handler has a batch whose attempt began when it was due, rather than early for a flush. */
    boolean isInFlightOnTime() {
        return inFlight != null && !inFlight.isEarly();
    }

    /** Returns the sequence number of the first item that is not settled. */
    long firstUnsettled() {
        long first = inFlight == null ? buffer.firstWaiting() : inFlight.firstSequence();
        first = aside == null ? first : Math.min(first, aside.firstSequence());
        for (FrozenBatch<T> batch : retries.unsettled()) {
            first = Math.min(first, batch.firstSequence());
        }
        return first;
    }

    // ---- letters

    GivenUp<T> offerLetter(long now) {
        return retries.offerLetter(now);
    }

    /** Whether the letter is still the first one: not if it was set aside. */
    boolean isFirst(GivenUp<T> letter) {
        return retries.isFirst(letter);
    }

    // ---- close

    boolean isAnyAside() {
        return aside != null;
    }

    /** Whether what is behind the batch in flight can be delivered without its outcome: not in a bisection. */
    boolean canContinueWithoutInFlight() {
        return retries.pass() == null;
    }

    /**
     * Sets the batch in flight, or the letter with its callback, aside.
     *
     * @param forEver whether the call will not return: then its batch is handed back
     */
    void setAside(boolean forEver) {
        retries.setAside();
        if (forEver && inFlight != null) {
            List<FrozenBatch<T>> longer = new ArrayList<>(neverReturning);
            longer.add(inFlight);
            neverReturning = longer;
        } else {
            aside = inFlight;
            asideDetached = detached;
        }
        clearCall();
    }

    /** Returns the attempt that was set aside, once, if its stage has ended. */
    Optional<Attempt<T>> takeEndedAside() {
        Attempt<T> ended = asideDetached;
        if (ended == null || !ended.isEnded()) {
            return Optional.empty();
        }
        asideDetached = null;
        return Optional.of(ended);
    }

    void clearAside() {
        aside = null;
    }

    /** Returns the batches whose call will not return. */
    List<FrozenBatch<T>> neverReturning() {
        return neverReturning;
    }

    // ---- facts

    /** Returns how many items are with the handler. */
    int inFlightSize() {
        FrozenBatch<T> called = inFlight == null ? aside : inFlight;
        return called == null ? 0 : called.size();
    }

    /** Returns the age in nanoseconds of the oldest item that is not settled, of those that wait if so many were ever claimed. */
    long oldestAge(long claimed, long now) {
        long age = buffer.waiting(claimed) > 0 ? now - buffer.oldestAddedAt() : 0;
        FrozenBatch<T> called = inFlight == null ? aside : inFlight;
        age = called == null ? age : Math.max(age, now - called.addedAt());
        for (FrozenBatch<T> batch : retries.unsettled()) {
            age = Math.max(age, now - batch.addedAt());
        }
        return Math.max(0, age);
    }
}
