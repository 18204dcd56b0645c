/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was attempted and is not settled, in order: given-up items whose callback has yet to take them, failed batches, and the
 * {@link IsolationPass} that takes one apart. While there is anything, no new batch is taken, because order forbids overtaking.
 * Guarded by the batcher's lock.
 */
final class RetryQueue<T> {

    private final ArrayDeque<Letter<T>> letters = new ArrayDeque<>(1);
    private final ArrayDeque<Delivery<T>> batches = new ArrayDeque<>(1);
    private @Nullable IsolationPass<T> pass;

    /** When the next attempt may be made, and the first letter offered, in nanoseconds of the batcher's clock. */
    private long attemptNotBefore;

    private long letterNotBefore;

    boolean isEmpty() {
        return letters.isEmpty() && batches.isEmpty() && pass == null;
    }

    /** When the next step may be made: the first letter offered if there is one, else the next attempt made. */
    long notBefore() {
        return letters.isEmpty() ? attemptNotBefore : letterNotBefore;
    }

    /** When the next attempt may be made. */
    long attemptNotBefore() {
        return attemptNotBefore;
    }

    void attemptNotBefore(long nanos) {
        attemptNotBefore = nanos;
    }

    void letterNotBefore(long nanos) {
        letterNotBefore = nanos;
    }

    @Nullable Letter<T> letter() {
        return letters.peekFirst();
    }

    void addLetter(Letter<T> letter, long now) {
        if (letters.isEmpty()) {
            letterNotBefore = now;
        }
        letters.addLast(letter);
    }

    void removeLetter() {
        letters.removeFirst();
    }

    @Nullable IsolationPass<T> pass() {
        return pass;
    }

    void begin(IsolationPass<T> pass) {
        this.pass = pass;
    }

    /** Ends the pass; what is to be kept goes back in front. */
    void endPass(List<Delivery<T>> kept) {
        pass = null;
        batches.addAll(kept);
    }

    /** Whether there is something to try again, in whatever parts. */
    boolean hasBatches() {
        return !batches.isEmpty() || pass != null;
    }

    /** Keeps a failed batch, in front of all others. */
    void keep(Delivery<T> batch) {
        batches.addFirst(batch);
    }

    /**
     * Returns what is to be tried now: the next part of the pass, or the first batch, which leaves the queue.
     *
     * @param ids for the parts, if the first batch has to be taken apart
     */
    Delivery<T> next(BatchIds ids) {
        Delivery<T> first = batches.peekFirst();
        if (pass == null && first != null && first.exhausted()) {
            pass = new IsolationPass<>(List.copyOf(batches), ids);
            batches.clear();
        }
        if (pass != null) {
            Delivery<T> part = pass.next();
            if (part == null) {
                throw new IllegalStateException("a pass with nothing to try was not ended");
            }
            return part;
        }
        return batches.removeFirst();
    }

    /** Everything in the queue, in no particular order. */
    List<Delivery<T>> unsettled() {
        List<Delivery<T>> all = new ArrayList<>();
        letters.forEach(letter -> all.add(letter.delivery()));
        all.addAll(batches);
        if (pass != null) {
            all.addAll(pass.unsettled());
        }
        return all;
    }

    void clear() {
        letters.clear();
        batches.clear();
        pass = null;
    }
}
