/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The flushes whose futures are not complete. Each covers the items accepted before it, which are those with a smaller sequence number, and
 * fails with attempts that began after it. Guarded by the batcher's lock.
 *
 * <p>A later flush covers at least the items of an earlier one and fails with no more attempts. So flushes end in the order in which they
 * were called, and an event costs only the flushes that it ends.
 */
final class PendingFlushes {

    /**
     * One flush.
     *
     * @param upTo the sequence number of the first item that it does not cover
     * @param attemptNumber the number of the last attempt that began before it
     */
    private record Flush(long upTo, int attemptNumber, CompletableFuture<Void> future) {}

    private final ArrayDeque<Flush> open = new ArrayDeque<>(1);

    /** When the pending flushes make waiting items due; null for at once. */
    private @Nullable Long notBefore;

    /** Adds a flush; neither number is smaller than in the call before. */
    void add(long upTo, int attemptNumber, CompletableFuture<Void> future) {
        open.addLast(new Flush(upTo, attemptNumber, future));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /**
     * Sets when the pending flushes make waiting items due.
     *
     * @param moment null for at once
     */
    void notBefore(@Nullable Long moment) {
        notBefore = moment;
    }

    /** Returns whether the pending flushes make waiting items due, or when. */
    When due(long now) {
        if (open.isEmpty()) {
            return When.Never.NEVER;
        }
        return notBefore == null ? When.Due.MANUAL : When.from(notBefore, When.Due.MANUAL, now);
    }

    /** Completes the flushes that are through: every item before this one is settled. */
    void settled(long firstUnsettled, Decision decision) {
        Flush first = open.peekFirst();
        while (first != null && first.upTo <= firstUnsettled) {
            first = end(first, null, decision);
        }
    }

    /** Fails the flushes that were called before the attempt began. */
    void failed(int attemptNumber, Throwable cause, Decision decision) {
        Flush first = open.peekFirst();
        while (first != null && attemptNumber - first.attemptNumber > 0) {
            first = end(first, cause, decision);
        }
    }

    /** Fails all flushes. */
    void failAll(Throwable cause, Decision decision) {
        Flush first = open.peekFirst();
        while (first != null) {
            first = end(first, cause, decision);
        }
    }

    /** Ends the first flush and returns the next one. An error before the decision has it leaves it pending. */
    private @Nullable Flush end(Flush first, @Nullable Throwable failure, Decision decision) {
        decision.complete(first.future, failure);
        open.removeFirst();
        return open.peekFirst();
    }
}
