/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.function.Consumer;

/**
 * One way to collect items and hand them to a handler in batches. Any number of threads adds; the handler is called by one
 * thread at a time, never by one that adds.
 */
interface Contender extends AutoCloseable {

    /** Adds an item; waits while the buffer is full. */
    void add(Item item);

    /** Lets what waits go without waiting for more, where the contender can be told so. */
    void flush();

    /** Ends its threads. */
    @Override
    void close();

    /** Forgets what it is given: the cost of the harness. */
    Contender NOTHING = new Contender() {
        @Override
        public void add(Item item) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Makes a contender. */
    @FunctionalInterface
    interface Factory {
        Contender create(Limits limits, Consumer<List<Item>> handler);
    }
}
