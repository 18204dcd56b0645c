/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes ids of batches: the batcher's name, what tells this run of it from every other, and a number. Thread-safe. */
public final class BatchIds {

    /** An id that is spelled when somebody asks: most handlers do not. */
    record BatchId(BatchIds ids, long number) {
        @Override
        public String toString() {
            return ids.prefix + number;
        }
    }

    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    public BatchIds(String batcher) {
        this.prefix = batcher + "-" + UUID.randomUUID() + "-";
    }

    public BatchId next() {
        return new BatchId(this, last.incrementAndGet());
    }
}
