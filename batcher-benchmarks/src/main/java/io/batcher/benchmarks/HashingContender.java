/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Batcher without a key. Each add calls the key function and computes the hash of the key before, as an add with a key does. */
final class HashingContender implements Contender {

    private final BatcherContender batcher;

    /** As in a batcher: a function of which the caller knows nothing. */
    private final Function<? super Item, ?> key = Item::key;

    HashingContender(Limits limits, Consumer<List<Item>> handler) {
        this.batcher = new BatcherContender(limits, handler);
    }

    @Override
    public void add(Item item) {
        if (key.apply(item).hashCode() < 0) { // never: but the hash has to be known for it
            throw new IllegalStateException("a key of " + item);
        }
        batcher.add(item);
    }

    @Override
    public void flush() {
        batcher.flush();
    }

    @Override
    public void close() {
        batcher.close();
    }
}
