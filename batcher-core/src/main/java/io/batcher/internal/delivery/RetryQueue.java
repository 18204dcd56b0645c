/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was attempted and is not settled, in order. Guarded by the batcher's lock.
 *
 * <ul>
 *   <li>Letters: items that were given up and that the dead-letter callback has not taken. Batches behind them wait, unless
 *       {@link #letsPass}.
 *   <li>Failed batches. While there are any, no new batch is taken, to keep the order.
 *   <li>The {@link Bisection} of a failed batch.
 * </ul>
 */
public final class RetryQueue<T> {

    private final ArrayDeque<GivenUp<T>> letters = new ArrayDeque<>(1);
    private final List<FrozenBatch<T>> batches = new ArrayList<>(1);
    private @Nullable Bisection<T> pass;

    // In nanoseconds of the batcher's clock

    /** When the first batch is due: an attempt before that is early. */
    private long batchDueAt;

    /** When the first batch may be attempted: when it is due, unless its attempt was deferred. */
    private long batchNotBefore;

    /** When the next part of the pass may be attempted. A pass does not wait, except after an error in the flush loop. */
    private long passNotBefore;

    /** When the first letter may be offered. */
    private long letterNotBefore;

    /** Whether a flush began the pass early. */
    private boolean passIsEarly;

    /** Whether the callback has the first letter, and whether a flush made that offer early. */
    private boolean isOffered;

    private boolean offerIsEarly;

    /** Whether batches behind the first letter may be delivered before it. */
    private boolean letsPass;

    /** The letters that the callback has and close does not wait for. */
    private List<GivenUp<T>> aside = List.of();

    /** Returns when the next attempt may be made. */
    public long attemptNotBefore() {
        return pass == null ? batchNotBefore : passNotBefore;
    }

    public void attemptNotBefore(long nanos) {
        batchDueAt = nanos;
        batchNotBefore = nanos;
    }

    /**
     * Delays an attempt, of a batch or a part of the pass, that could not begin. It is due when it was: if a flush had made it early, it is
     * still early then.
     */
    public void defer(FrozenBatch<T> deferred, long until, long now) {
        if (!deferred.isEarly()) {
            batchDueAt = now;
        }
        batchNotBefore = until;
        passNotBefore = until;
    }

    /** Delays all attempts and offers until this moment. */
    public void delayAll(long until) {
        attemptNotBefore(until);
        passNotBefore = until;
        letterNotBefore = until;
        isOffered = false;
    }

    // ---- letters

    public @Nullable GivenUp<T> letter() {
        return letters.peekFirst();
    }

    /** Returns when the first letter may be offered. */
    public long letterNotBefore() {
        return letterNotBefore;
    }

    public void addLetter(GivenUp<T> letter, long now) {
        if (letters.isEmpty()) {
            letterNotBefore = now;
        }
        letters.addLast(letter);
    }

    /** Whether a flush made the last offer of the first letter early. */
    public boolean isLetterEarly() {
        return offerIsEarly && !letters.isEmpty();
    }

    /** Returns the first letter for an offer. The callback has it until {@link #removeLetter} or {@link #putBack}. */
    public GivenUp<T> offerLetter(long now) {
        isOffered = true;
        offerIsEarly = now - letterNotBefore < 0;
        return letters.getFirst();
    }

    /** Sets the letter that the callback has aside, if it has one, so that others can be offered. */
    public void setAside() {
        if (isOffered) {
            List<GivenUp<T>> longer = new ArrayList<>(aside);
            longer.add(letters.getFirst());
            aside = longer;
            letters.removeFirst();
        }
        isOffered = false;
    }

    /** Removes a letter that the callback has taken. */
    public void removeLetter(GivenUp<T> letter, long now) {
        if (aside.contains(letter)) {
            aside.remove(letter);
            return;
        }
        letters.removeFirst();
        isOffered = false;
        offerIsEarly = false;
        letsPass = false;
        letterNotBefore = now;
    }

    /**
     * Keeps a letter, because the callback threw. One that was set aside returns to the front.
     *
     * @param again when it may be offered again; after an early offer the scheduled time stays
     * @param letsPass whether batches behind it may be delivered before it
     */
    public void putBack(GivenUp<T> letter, long again, boolean letsPass) {
        if (aside.contains(letter)) {
            returnToFront(letter);
            return;
        }
        isOffered = false;
        this.letsPass = letsPass;
        letterNotBefore = offerIsEarly ? letterNotBefore : again;
    }

    private void returnToFront(GivenUp<T> letter) {
        letters.addFirst(letter);
        if (isOffered) { // the one that the callback has stays first
            letters.removeFirst();
            GivenUp<T> withCallback = letters.removeFirst();
            letters.addFirst(letter);
            letters.addFirst(withCallback);
        }
        aside.remove(letter);
    }

    /** Returns whether batches behind the first letter may be delivered before it. */
    public boolean letsPass() {
        return letsPass;
    }

    // ---- batches

    public @Nullable Bisection<T> pass() {
        return pass;
    }

    /**
     * Begins a pass.
     *
     * @param early whether a flush began it, or made the failed attempt, early
     */
    public void begin(Bisection<T> pass, boolean early, long now) {
        this.pass = pass;
        this.passIsEarly = early;
        this.passNotBefore = now;
    }

    /** Ends the pass and keeps these batches. */
    public void endPass(List<FrozenBatch<T>> kept) {
        pass = null;
        keep(kept);
    }

    /** Returns what {@link #next} will return, as far as that is known; null if there is nothing. */
    public @Nullable FrozenBatch<T> first() {
        if (pass != null) {
            return pass.next();
        }
        return batches.isEmpty() ? null : batches.get(0);
    }

    /** Returns whether a batch waits that is no part of a pass. */
    public boolean isBatchWaiting() {
        return !batches.isEmpty();
    }

    /** Returns whether all that is left is an item that is given up only if another one succeeds. */
    public boolean needsProbe() {
        return pass == null
                && letters.isEmpty()
                && batches.size() == 1
                && batches.get(0).size() == 1
                && batches.get(0).exhausted();
    }

    /** Returns whether there is a batch, or a part of one, to retry. */
    public boolean hasBatches() {
        return !batches.isEmpty() || pass != null;
    }

    /** Keeps a batch for another attempt, in front of all others except earlier parts of the same batch. */
    public void keep(FrozenBatch<T> batch) {
        int earlier = 0;
        while (earlier < batches.size() && batches.get(earlier).firstSequence() < batch.firstSequence()) {
            earlier++;
        }
        batches.add(earlier, batch);
    }

    /** As {@link #keep(FrozenBatch)}, for batches in order. */
    public void keep(List<FrozenBatch<T>> inOrder) {
        for (int i = inOrder.size() - 1; i >= 0; i--) { // the last one first: then each is compared with few others
            keep(inOrder.get(i));
        }
    }

    /** Returns whether an attempt that begins now is early. */
    public boolean isEarly(long now) {
        return pass == null ? now - batchDueAt < 0 : passIsEarly;
    }

    /**
     * Returns the next batch to attempt: the next part of the pass, or the first batch, which is removed. Begins a pass if the first batch
     * has to be bisected again.
     *
     * @param ids for the parts of a pass
     */
    public FrozenBatch<T> next(BatchIds ids, long now) {
        if (pass == null && batches.get(0).exhausted()) {
            begin(new Bisection<>(List.copyOf(batches), ids), isEarly(now), now);
            batches.clear();
        }
        if (pass != null) {
            FrozenBatch<T> part = pass.next();
            if (part == null) {
                throw new IllegalStateException("the pass has no part left and was not ended");
            }
            return part;
        }
        batchNotBefore = batchDueAt; // an attempt that was deferred begins
        return batches.remove(0);
    }

    /** Returns everything that is not settled, also a letter that was set aside, in no particular order. */
    public List<FrozenBatch<T>> unsettled() {
        List<FrozenBatch<T>> all = queued();
        aside.forEach(letter -> all.add(letter.batch()));
        return all;
    }

    private List<FrozenBatch<T>> queued() {
        List<FrozenBatch<T>> all = new ArrayList<>();
        letters.forEach(letter -> all.add(letter.batch()));
        all.addAll(batches);
        if (pass != null) {
            all.addAll(pass.unsettled());
        }
        return all;
    }

    /** Returns everything but the letters that the callback has, in no particular order. */
    public List<FrozenBatch<T>> toHandBack() {
        List<FrozenBatch<T>> all = queued(); // letters first
        if (isOffered) {
            all.remove(0);
        }
        return all;
    }

    /** Removes what was handed back. A letter that the callback has is kept. */
    public void clear() {
        GivenUp<T> withCallback = isOffered ? letters.peekFirst() : null;
        letters.removeIf(letter -> letter != withCallback);
        batches.clear();
        pass = null;
    }
}
