/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.state;

import io.batcher.internal.lanes.When;
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

    /** One flush. */
    private static final class Flush {
        private final long upTo;
        private final int attemptNumber;
        private final CompletableFuture<Void> future;
        private @Nullable Flush next;

        /**
         * Creates a pending flush.
         *
         * @param upTo the mark of what it covers: the sequence number of the first item that it does not, where there is one lane
         * @param attemptNumber the number of the last attempt that began before it
         */
        Flush(long upTo, int attemptNumber, CompletableFuture<Void> future) {
            this.upTo = upTo;
            this.attemptNumber = attemptNumber;
            this.future = future;
        }
    }

    // The flushes in the order in which they were called

    private @Nullable Flush first;
    private @Nullable Flush last;

    /** When the pending flushes make waiting items due; null for at once. */
    private @Nullable Long notBefore;

    /** Adds a flush; neither number is smaller than in the call before. */
    void add(long upTo, int attemptNumber, CompletableFuture<Void> future) {
        Flush flush = new Flush(upTo, attemptNumber, future);
        Flush before = last;
        if (before == null) {
            first = flush;
        } else {
            before.next = flush;
        }
        last = flush;
    }

    boolean isEmpty() {
        return first == null;
    }

    /**
     * Sets when the pending flushes make waiting items due.
     *
     * @param moment null for at once
     */
    void notBefore(@Nullable Long moment) {
        notBefore = moment;
    }

    /**
     * Returns whether flushes make waiting items due, or when.
     *
     * @param flushed whether a flush has covered some of them, although it may have failed with others since
     */
    When due(boolean flushed, long now) {
        if (isEmpty() && !flushed) {
            return When.Never.NEVER;
        }
        return notBefore == null ? When.Due.MANUAL : When.from(notBefore, When.Due.MANUAL, now);
    }

    /** Completes the flushes that are through: everything before this mark is settled. */
    void settled(long upTo, Decision decision) {
        for (Flush flush = first; flush != null && flush.upTo <= upTo; flush = first) {
            end(flush, null, decision);
        }
    }

    /** Fails the flushes that were called before the attempt began. */
    void failed(int attemptNumber, Throwable cause, Decision decision) {
        for (Flush flush = first; flush != null && attemptNumber - flush.attemptNumber > 0; flush = first) {
            end(flush, cause, decision);
        }
    }

    /** Fails all flushes. */
    void failAll(Throwable cause, Decision decision) {
        for (Flush flush = first; flush != null; flush = first) {
            end(flush, cause, decision);
        }
    }

    /** Ends the first flush. An error before the decision has it leaves it pending. */
    private void end(Flush flush, @Nullable Throwable failure, Decision decision) {
        decision.complete(flush.future, failure);
        first = flush.next;
        if (first == null) {
            last = null;
        }
    }
}
