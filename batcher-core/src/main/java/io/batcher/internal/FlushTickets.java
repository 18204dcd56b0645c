/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The flushes that somebody waits for. Each covers the items accepted before it, which is all items with a smaller sequence
 * number, and looks at attempts that began after it only. Guarded by the batcher's lock.
 */
final class FlushTickets {

    /**
     * One flush.
     *
     * @param upTo the sequence number of the first item that it does not cover
     * @param serial the number of the last attempt that began before it
     */
    private record Ticket(long upTo, int serial, CompletableFuture<Void> future) {}

    private final List<Ticket> open = new ArrayList<>(1);

    void add(long upTo, int serial, CompletableFuture<Void> future) {
        open.add(new Ticket(upTo, serial, future));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Every item before this one is settled. */
    void settled(long firstUnsettled, Decision decision) {
        for (Iterator<Ticket> all = open.iterator(); all.hasNext(); ) {
            Ticket ticket = all.next();
            if (ticket.upTo <= firstUnsettled) {
                all.remove();
                decision.complete(ticket.future, null);
            }
        }
    }

    /** An attempt has failed. */
    void failed(int serial, Throwable cause, Decision decision) {
        for (Iterator<Ticket> all = open.iterator(); all.hasNext(); ) {
            Ticket ticket = all.next();
            if (serial - ticket.serial > 0) {
                all.remove();
                decision.complete(ticket.future, cause);
            }
        }
    }

    /** No item will be delivered any more. */
    void failAll(Throwable cause, Decision decision) {
        open.forEach(ticket -> decision.complete(ticket.future, cause));
        open.clear();
    }
}
