/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.DeadLetter;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A dead-letter handler that counts the outcome of dead letters of a closed batcher, which are offered once. The engine logs its
 * exceptions to {@code System.Logger}, which may be silent during shutdown; this class keeps the last one. Thread-safe.
 */
final class ClosingLetters<T> implements Consumer<DeadLetter<T>> {

    private final Consumer<? super DeadLetter<T>> handler;
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Batcher<?> batcher;

    ClosingLetters(Consumer<? super DeadLetter<T>> handler) {
        this.handler = handler;
    }

    void attach(Batcher<?> batcher) {
        this.batcher = batcher;
    }

    @Override
    public void accept(DeadLetter<T> letter) {
        Batcher<?> known = batcher;
        if (known == null || known.stats().state() != BatcherState.CLOSED) {
            handler.accept(letter); // if it throws, the engine calls it again
            return;
        }
        int size = letter.items().size();
        offered.addAndGet(size);
        try {
            handler.accept(letter);
            taken.addAndGet(size);
        } catch (Throwable t) {
            failure = t;
            failed.addAndGet(size);
            throw t;
        }
    }

    /** Returns the last exception of the handler; null if there is none. */
    @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Describes the outcome of the items that a closed batcher has not delivered.
     *
     * @param left the number of these items
     */
    String describe(long left) {
        if (taken.get() == left) {
            return "its dead-letter handler was called with them";
        }
        StringJoiner parts = new StringJoiner("; it ", "its dead-letter handler ", "");
        add(parts, "took ", taken.get(), "");
        add(parts, "failed with ", failed.get(), ", which are lost");
        add(parts, "has not returned with ", offered.get() - taken.get() - failed.get(), "");
        add(parts, "was not called with ", left - offered.get(), ", which close(Duration) has returned to its caller");
        return parts.toString();
    }

    private static void add(StringJoiner parts, String what, long count, String then) {
        if (count > 0) {
            parts.add(what + count + " of them" + then);
        }
    }
}
