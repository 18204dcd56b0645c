/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.BatcherStoreException;
import io.batcher.store.DeadLetters;

/** The number of dead letters in a store, counted again only after 20 times the duration of the last count, so that a scrape is cheap. */
final class DeadLetterCount {

    private static final int REST = 20;

    private final Batcher<?> batcher;
    private double last = Double.NaN;
    private long lastEnd = System.nanoTime();
    private long rest;

    DeadLetterCount(Batcher<?> batcher) {
        this.batcher = batcher;
    }

    /** Returns the number; NaN if the store does not answer, or the batcher is closed. */
    synchronized double value() {
        long start = System.nanoTime();
        if (start - lastEnd >= rest) {
            last = count();
            lastEnd = System.nanoTime();
            rest = REST * (lastEnd - start);
        }
        return last;
    }

    private double count() {
        if (batcher.stats().state() == BatcherState.CLOSED) {
            return Double.NaN;
        }
        try {
            return batcher.deadLetters().map(DeadLetters::count).orElse(0L);
        } catch (BatcherStoreException e) {
            return Double.NaN;
        }
    }
}
