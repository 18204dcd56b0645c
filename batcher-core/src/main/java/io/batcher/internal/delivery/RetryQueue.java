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
 * What was attempted and is not settled, in order: given-up items whose callback has yet to take them, failed batches, and the
 * {@link Bisection} that takes one apart. While there are batches no new one is taken, because order forbids overtaking; letters
 * hold up what is behind them unless {@link #letsPass}. Guarded by the batcher's lock.
 */
public final class RetryQueue<T> {

    private final ArrayDeque<GivenUp<T>> letters = new ArrayDeque<>(1);
    private final ArrayDeque<FrozenBatch<T>> batches = new ArrayDeque<>(1);
    private @Nullable Bisection<T> pass;

    // In nanoseconds of the batcher's clock

    /** When the next attempt with the first batch may be made. */
    private long batchNotBefore;

    /** When the next part of the pass may be tried: a pass does not wait, unless the flush loop has died. */
    private long passNotBefore;

    /** When the first letter may be offered. */
    private long letterNotBefore;

    /** Whether a flush began the pass before its time. */
    private boolean passIsEarly;

    /** Whether the callback has the first letter now, and whether a flush made that offer before its time. */
    private boolean held;

    private boolean offerIsEarly;

    /** Whether what is behind the first letter may go on before it. */
    private boolean letsPass;

    /** When the next attempt may be made. */
    public long attemptNotBefore() {
        return pass == null ? batchNotBefore : passNotBefore;
    }

    public void attemptNotBefore(long nanos) {
        batchNotBefore = nanos;
    }

    /** Nothing is tried or offered before this moment. */
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

    /** When the first letter may be offered. */
    public long letterNotBefore() {
        return letterNotBefore;
    }

    public void addLetter(GivenUp<T> letter, long now) {
        if (letters.isEmpty()) {
            letterNotBefore = now;
        }
        letters.addLast(letter);
    }

    /** Returns the first letter for an offer; it is the callback's until {@link #removeLetter} or {@link #putBack}. */
    public GivenUp<T> offerLetter(long now) {
        held = true;
        offerIsEarly = now - letterNotBefore < 0;
        return letters.getFirst();
    }

    /** Takes the letter that the callback has now out of the queue, so that others may be offered; null if there is none. */
    public @Nullable GivenUp<T> setAside() {
        boolean withCallback = held;
        held = false;
        return withCallback ? letters.removeFirst() : null;
    }

    /** Whether the letter is still the first one: it was not set aside. */
    public boolean isFirst(GivenUp<T> letter) {
        return letters.peekFirst() == letter;
    }

    /** The callback has taken the first letter, or one that was set aside. */
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
     * The callback has refused the first letter.
     *
     * @param again when it may be offered again, unless the offer was made early: then it is when it was due
     * @param letsPass whether what is behind it may go on before it
     */
    public void putBack(long again, boolean letsPass) {
        held = false;
        this.letsPass = letsPass;
        letterNotBefore = offerIsEarly ? letterNotBefore : again;
    }

    /** Whether what is behind the first letter may go on before it. */
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
     * @param early whether it is begun, or what failed was attempted, before its time
     */
    public void begin(Bisection<T> pass, boolean early, long now) {
        this.pass = pass;
        this.passIsEarly = early;
        this.passNotBefore = now;
    }

    /** Ends the pass; what is to be kept goes back in front. */
    public void endPass(List<FrozenBatch<T>> kept) {
        pass = null;
        batches.addAll(kept);
    }

    /** Whether there is something to try again, in whatever parts. */
    public boolean hasBatches() {
        return !batches.isEmpty() || pass != null;
    }

    /** Keeps a failed batch, in front of all others. */
    public void keep(FrozenBatch<T> batch) {
        batches.addFirst(batch);
    }

    /** Whether an attempt that begins now is made before its time. */
    public boolean isEarly(long now) {
        return pass == null ? now - batchNotBefore < 0 : passIsEarly;
    }

    /**
     * Returns what is to be tried now: the next part of the pass, or the first batch, which leaves the queue.
     *
     * @param ids for the parts, if the first batch has to be taken apart
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
                throw new IllegalStateException("a pass with nothing to try was not ended");
            }
            return part;
        }
        return batches.removeFirst();
    }

    /** Everything in the queue, in no particular order. */
    public List<FrozenBatch<T>> unsettled() {
        List<FrozenBatch<T>> all = new ArrayList<>();
        letters.forEach(letter -> all.add(letter.batch()));
        all.addAll(batches);
        if (pass != null) {
            all.addAll(pass.unsettled());
        }
        return all;
    }

    /** Everything but a letter that the callback has now, in no particular order. */
    public List<FrozenBatch<T>> toHandBack() {
        List<FrozenBatch<T>> all = unsettled(); // letters first
        if (held) {
            all.remove(0);
        }
        return all;
    }

    /** Forgets what was handed back. A letter that the callback has now stays with it. */
    public void clear() {
        GivenUp<T> withCallback = held ? letters.peekFirst() : null;
        letters.removeIf(letter -> letter != withCallback);
        batches.clear();
        pass = null;
    }
}
