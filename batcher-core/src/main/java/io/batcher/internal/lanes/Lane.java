/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.delivery.BatchIds;
import io.batcher.internal.delivery.Bisection;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Origin;
import io.batcher.internal.delivery.RetryQueue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What exists once per order of items: the buffer, what was attempted and is not settled, and the batch with the handler. Takes from the
 * queues what the {@link Rule} says is due; the settlement puts back what an attempt leaves. Guarded by the batcher's lock.
 */
public class Lane<T> extends LaneCalls<T> implements Origin {

    private final ItemBuffer<T> buffer;

    /** Null until an attempt has failed. */
    private @Nullable RetryQueue<T> retries;

    /** Whether a flush makes the next attempt, or the next offer of a letter, skip its delay. */
    private boolean hurried;

    /** Whether a flush made the last attempt early. */
    private boolean lastIsEarly;

    /** Whether an attempt, or an offer of a letter, that was made while closing has failed: then it was the last one of the lane. */
    private boolean lastAttemptFailed;

    private boolean lastOfferFailed;

    private int consecutiveFailures;

    public Lane(ItemBuffer<T> buffer) {
        this.buffer = buffer;
    }

    /** Returns the lane whose items are in the batch. */
    @SuppressWarnings("unchecked") // only lanes make batches, of their own items
    public static <T> Lane<T> of(FrozenBatch<T> batch) {
        return (Lane<T>) batch.origin();
    }

    @Override
    public Optional<Object> key() {
        return Optional.empty();
    }

    public ItemBuffer<T> buffer() {
        return buffer;
    }

    /** Returns what the store behind the lane has to do; null if its items are in memory only. */
    public @Nullable StoreBacking backing() {
        return null;
    }

    /** Returns what was attempted and is not settled, to keep something there. */
    public RetryQueue<T> retries() {
        RetryQueue<T> queue = retries == null ? new RetryQueue<>() : retries;
        retries = queue;
        return queue;
    }

    /** As {@link #retries}, to read it; null if there never was anything. */
    public @Nullable RetryQueue<T> retriesIfAny() {
        return retries;
    }

    /** Returns the bisection that is under way; null if there is none. */
    public @Nullable Bisection<T> pass() {
        return retries == null ? null : retries.pass();
    }

    /** Whether a batch that was attempted is kept. */
    public boolean hasRetries() {
        return retries != null && retries.hasBatches();
    }

    // ---- attempts

    /** Takes the batch that is due: one that failed before, or a new one of at most this size. */
    public FrozenBatch<T> beginAttempt(When.Due due, BatchIds ids, int maxBatchSize, long now) {
        FrozenBatch<T> batch;
        boolean early = false;
        if (due == When.Due.RETRY) {
            early = retries().isEarly(now);
            batch = retries().next(ids, now);
        } else {
            batch = new FrozenBatch<>(
                    this, ids.next(), buffer.takeBatch(maxBatchSize), Objects.requireNonNull(due.reason()));
        }
        inFlight(batch);
        batch.beginAttempt(early);
        lastIsEarly = early;
        hurried = false; // a flush that this attempt does not settle fails with it, or was called during it
        return batch;
    }

    /** Returns the batch in flight, unless it is a part of a bisection: that is in the retry queue. */
    public @Nullable FrozenBatch<T> inFlightOutsideBisection() {
        return pass() == null ? inFlight() : null;
    }

    // ---- flushes

    /** Lets the next attempt, or the next offer of a letter, skip its delay. */
    public void hurry() {
        hurried = true;
    }

    public void endHurry() {
        hurried = false;
    }

    public boolean isHurried() {
        return hurried;
    }

    /** Whether the last attempt began, and a letter that was refused was offered, when it was due, rather than early for a flush. */
    boolean isLastOnTime() {
        return !lastIsEarly && (retries == null || !retries.isLetterEarly());
    }

    /** Whether a flush that may not be pending any more wants the next batch. */
    public boolean isFlushed() {
        return false;
    }

    /** Whether the items are to make room for calls that wait for it. */
    public boolean isRoomWanted() {
        return buffer.isRoomWanted();
    }

    /** Returns the sequence number of the first item that is not settled. */
    public long firstUnsettled() {
        long first = buffer.firstWaiting();
        if (!isCalled() && retries == null) {
            return first;
        }
        List<FrozenBatch<T>> taken = called();
        taken.addAll(unsettledRetries());
        for (FrozenBatch<T> batch : taken) {
            first = Math.min(first, batch.firstSequence());
        }
        return first;
    }

    private List<FrozenBatch<T>> unsettledRetries() {
        return retries == null ? List.of() : retries.unsettled();
    }

    // ---- outcomes

    /** Takes a batch that was handled if that is to be recorded before it counts. Returns whether it does. */
    public boolean records(FrozenBatch<T> handled) {
        return false;
    }

    /** Keeps items that are given up until they are taken. */
    public void giveUp(GivenUp<T> letter, long now) {
        retries().addLetter(letter, now);
    }

    // ---- letters

    public GivenUp<T> offerLetter(long now) {
        return retries().offerLetter(now);
    }

    /** Whether the callback has the letter and close has continued without it. */
    public boolean isAside(GivenUp<T> letter) {
        return retries().letter() != letter;
    }

    // ---- failures

    public void attemptFailed() {
        consecutiveFailures++;
    }

    public void attemptSucceeded() {
        consecutiveFailures = 0;
    }

    /** Returns the number of failed attempts since the last success. */
    public int consecutiveFailures() {
        return consecutiveFailures;
    }

    // ---- close

    /** Ends the attempts that are made while closing. */
    public void endLastAttempts() {
        lastAttemptFailed = true;
    }

    /** Ends the offers of letters that are made while closing. */
    public void endLastOffers() {
        lastOfferFailed = true;
    }

    public boolean mayAttempt() {
        return !lastAttemptFailed;
    }

    public boolean mayOffer() {
        return !lastOfferFailed;
    }

    /** Whether what is behind the batch in flight can be delivered without its outcome: not in a bisection. */
    public boolean canContinueWithoutInFlight() {
        return pass() == null;
    }

    /**
     * Sets the batch in flight, or the letter with its callback, aside.
     *
     * @param forEver whether the call will not return: then its batch is handed back
     */
    public void setAside(boolean forEver) {
        if (retries != null) {
            retries.setAside();
        }
        setCallAside(forEver);
    }

    // ---- facts

    /** Whether it has no item and no call, and none waits for room in it. */
    boolean isVacant() {
        return buffer.waiting() == 0
                && !isCalled()
                && !buffer.isRoomWanted()
                && unsettledRetries().isEmpty();
    }

    /** Returns the age in nanoseconds of the oldest item that is not settled, of those that wait if so many were ever claimed. */
    public long oldestAge(long claimed, long now) {
        long age = buffer.waiting(claimed) > 0 ? now - buffer.oldestAddedAt() : 0;
        List<FrozenBatch<T>> taken = called();
        taken.addAll(unsettledRetries());
        for (FrozenBatch<T> batch : taken) {
            age = Math.max(age, now - batch.addedAt());
        }
        return Math.max(0, age);
    }
}
