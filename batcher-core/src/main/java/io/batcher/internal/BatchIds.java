/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes ids of batches: the batcher's name, what tells this run of it from every other, and a number. Thread-safe. */
final class BatchIds {

    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    BatchIds(String batcher) {
        this.prefix = batcher + "-" + UUID.randomUUID() + "-";
    }

    String next() {
        return prefix + last.incrementAndGet();
    }
}
