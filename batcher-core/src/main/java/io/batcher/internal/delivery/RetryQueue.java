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
    private final ArrayDeque<FrozenBatch<T>> batches = new ArrayDeque<>(1);
    private @Nullable Bisection<T> pass;

    // In nanoseconds of the batcher's clock

    /** When the first batch may be attempted. */
    private long batchNotBefore;

    /** When the next part of the pass may be attempted. A pass does not wait, except after an error in the flush loop. */
    private long passNotBefore;

    /** When the first letter may be offered. */
    private long letterNotBefore;

    /** Whether a flush began the pass early. */
    private boolean passIsEarly;

    /** Whether the callback has the first letter, and whether a flush made that offer early. */
    private boolean held;

    private boolean offerIsEarly;

    /** Whether batches behind the first letter may be delivered before it. */
    private boolean letsPass;

    /** Returns when the next attempt may be made. */
    public long attemptNotBefore() {
        return pass == null ? batchNotBefore : passNotBefore;
    }

    public void attemptNotBefore(long nanos) {
        batchNotBefore = nanos;
    }

    /** Delays all attempts and offers until this moment. */
    public void delayAll(long until) {
        batchNotBefore = until;
        passNotBefore = until;
        letterNotBefore = until;
        held = false;
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

    /** Returns the first letter for an offer. The callback has it until {@link #removeLetter} or {@link #putBack}. */
    public GivenUp<T> offerLetter(long now) {
        held = true;
        offerIsEarly = now - letterNotBefore < 0;
        return letters.getFirst();
    }

    /** Removes the letter that the callback has, if it has one, so that others can be offered. */
    public void setAside() {
        if (held) {
            letters.removeFirst();
        }
        held = false;
    }

    /** Returns whether the letter is the first one, and was not set aside. */
    public boolean isFirst(GivenUp<T> letter) {
        return letters.peekFirst() == letter;
    }

    /** Removes a letter that the callback has taken. It may have been set aside. */
    public void removeLetter(GivenUp<T> letter, long now) {
        if (!isFirst(letter)) {
            return;
        }
        letters.removeFirst();
        held = false;
        letsPass = false;
        letterNotBefore = now;
    }

    /**
     * Keeps the first letter, because the callback threw.
     *
     * @param again when it may be offered again; after an early offer the scheduled time stays
     * @param letsPass whether batches behind it may be delivered before it
     */
    public void putBack(long again, boolean letsPass) {
        held = false;
        this.letsPass = letsPass;
        letterNotBefore = offerIsEarly ? letterNotBefore : again;
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
        batches.addAll(kept);
    }

    /** Returns whether there is a batch, or a part of one, to retry. */
    public boolean hasBatches() {
        return !batches.isEmpty() || pass != null;
    }

    /** Keeps a batch for another attempt, in front of all others except an earlier part of the same batch. */
    public void keep(FrozenBatch<T> batch) {
        FrozenBatch<T> first = batches.peekFirst();
        if (first == null || batch.firstSequence() < first.firstSequence()) {
            batches.addFirst(batch);
        } else {
            batches.removeFirst();
            batches.addFirst(batch);
            batches.addFirst(first);
        }
    }

    /** Returns whether an attempt that begins now is early. */
    public boolean isEarly(long now) {
        return pass == null ? now - batchNotBefore < 0 : passIsEarly;
    }

    /**
     * Returns the next batch to attempt: the next part of the pass, or the first batch, which is removed. Begins a pass if the first batch
     * has to be bisected again.
     *
     * @param ids for the parts of a pass
     */
    public FrozenBatch<T> next(BatchIds ids, long now) {
        FrozenBatch<T> first = batches.peekFirst();
        if (pass == null && first != null && first.exhausted()) {
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
        return batches.removeFirst();
    }

    /** Returns everything in the queue, in no particular order. */
    public List<FrozenBatch<T>> unsettled() {
        List<FrozenBatch<T>> all = new ArrayList<>();
        letters.forEach(letter -> all.add(letter.batch()));
        all.addAll(batches);
        if (pass != null) {
            all.addAll(pass.unsettled());
        }
        return all;
    }

    /** Returns everything but a letter that the callback has, in no particular order. */
    public List<FrozenBatch<T>> toHandBack() {
        List<FrozenBatch<T>> all = unsettled(); // letters first
        if (held) {
            all.remove(0);
        }
        return all;
    }

    /** Removes what was handed back. A letter that the callback has is kept. */
    public void clear() {
        GivenUp<T> withCallback = held ? letters.peekFirst() : null;
        letters.removeIf(letter -> letter != withCallback);
        batches.clear();
        pass = null;
    }
}
