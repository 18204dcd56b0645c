/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The flushes that somebody waits for. Each covers the items accepted before it, which is all items with a smaller sequence
 * number, and looks at attempts that began after it only. Guarded by the batcher's lock.
 *
 * <p>A later flush covers at least the items of an earlier one and looks at no more attempts. So flushes end in the order in which
 * they were asked for, and each is looked at when it is added, when it ends, and as the first that does not end yet.
 */
final class PendingFlushes {

    /**
     * One flush.
     *
     * @param upTo the sequence number of the first item that it does not cover
     * @param serial the number of the last attempt that began before it
     */
    private record Ticket(long upTo, int serial, CompletableFuture<Void> future) {}

    private final ArrayDeque<Ticket> open = new ArrayDeque<>(1);

    /** Adds a flush; neither number is smaller than in the call before. */
    void add(long upTo, int serial, CompletableFuture<Void> future) {
        open.addLast(new Ticket(upTo, serial, future));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Every item before this one is settled. */
    void settled(long firstUnsettled, Decision decision) {
        Ticket first = open.peekFirst();
        while (first != null && first.upTo <= firstUnsettled) {
            first = end(first, null, decision);
        }
    }

    /** An attempt has failed. */
    void failed(int serial, Throwable cause, Decision decision) {
        Ticket first = open.peekFirst();
        while (first != null && serial - first.serial > 0) {
            first = end(first, cause, decision);
        }
    }

    /** No item will be delivered any more. */
    void failAll(Throwable cause, Decision decision) {
        Ticket first = open.peekFirst();
        while (first != null) {
            first = end(first, cause, decision);
        }
    }

    /** Ends the first flush. Returns the next one. An error before it is noted leaves it where it is. */
    private @Nullable Ticket end(Ticket first, @Nullable Throwable failure, Decision decision) {
        decision.complete(first.future, failure);
        open.removeFirst();
        return open.peekFirst();
    }
}
