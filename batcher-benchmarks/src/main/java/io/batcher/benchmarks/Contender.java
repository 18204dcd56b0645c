/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.function.Consumer;

/**
 * Collects items and delivers them to a handler in batches. Any number of threads may add; the handler is called by one thread at a time,
 * never by an adding one.
 */
interface Contender extends AutoCloseable {

    /** Adds an item. Blocks while the buffer is full. */
    void add(Item item);

    /** Delivers waiting items at once, if the contender supports that. */
    void flush();

    /** Stops its threads. */
    @Override
    void close();

    /** Discards items: the cost of the harness. */
    Contender NOTHING = new Contender() {
        @Override
        public void add(Item item) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Creates a contender. */
    @FunctionalInterface
    interface Factory {
        Contender create(Limits limits, Consumer<List<Item>> handler);
    }
}
