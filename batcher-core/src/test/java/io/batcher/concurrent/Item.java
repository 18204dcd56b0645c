/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.DeadLetter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One item of a test, with its producer and its outcome. Each item must have exactly one outcome. */
final class Item {

    /** The outcomes of an item; all but REJECTED and TOO_LATE mean that it was accepted. */
    enum Outcome {
        HANDLED,
        DEAD_LETTERED,
        DROPPED,
        HANDED_BACK,
        /** The buffer was full. */
        REJECTED,
        /** The batcher was closed. */
        TOO_LATE
    }

    final int producer;
    final int number;
    final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /** Neither final nor volatile: written before the item is added, to be visible in the handler. */
    int payload;

    /** What {@code submit} returned. */
    @Nullable CompletableFuture<Void> future;

    /** The cause for which it was given up. */
    @Nullable Throwable deathCause;

    /** The letter that contains it, if the dead-letter callback has refused its last offer. */
    volatile @Nullable DeadLetter<Item> refusedIn;

    // Written on the threads that deliver, one after the other.

    int deliveries;
    int failures;

    Item(int producer, int number) {
        this.producer = producer;
        this.number = number;
        this.payload = payloadOf(producer, number);
    }

    static int payloadOf(int producer, int number) {
        return (producer * 31 + number) | 1;
    }

    /** Whether its last attempt failed and it has had no outcome since. */
    boolean isOutstanding() {
        return deliveries > 0 && deliveries == failures && outcome.get() == null;
    }

    /** Any limit of weight in a test is at least 7. */
    long weight() {
        return number % 8;
    }

    @Override
    public String toString() {
        return producer + ":" + number + "(" + outcome + ", delivered " + deliveries + ", failed " + failures + ")";
    }
}
