/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Generates ids of batches: the batcher's name, a UUID per batcher instance, and a number. Thread-safe. */
public final class BatchIds {

    /** The number of an id that was restored: its prefix is all of it. */
    private static final long RESTORED = 0;

    /** Builds the string on demand: most handlers do not use the id. */
    record BatchId(String prefix, long number) {
        @Override
        public String toString() {
            return number == RESTORED ? prefix : prefix + number;
        }
    }

    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    public BatchIds(String batcher) {
        this.prefix = batcher + "-" + UUID.randomUUID() + "-";
    }

    public BatchId next() {
        return new BatchId(prefix, last.incrementAndGet());
    }

    /** Returns an id that an earlier process has generated. */
    static BatchId restored(String id) {
        return new BatchId(id, RESTORED);
    }
}
