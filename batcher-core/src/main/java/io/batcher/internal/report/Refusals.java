/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherConfig;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStoreException;
import io.batcher.store.StoreTransaction;
import org.jspecify.annotations.Nullable;

/** The exceptions of calls and items that a batcher refuses. */
public final class Refusals {

    private Refusals() {}

    public static BatcherClosedException closed(BatcherConfig<?> config, @Nullable Throwable cause) {
        return new BatcherClosedException("batcher \"" + config.name() + "\" is closed", cause);
    }

    public static IllegalStateException noHandler(BatcherConfig<?> config) {
        return new IllegalStateException(
                "batcher \"" + config.name() + "\" has no handler to flush to; register one. The items stay.");
    }

    public static IllegalStateException secondHandler(BatcherConfig<?> config) {
        return new IllegalStateException(
                "batcher \"" + config.name() + "\" has a handler already; it takes one, of either kind");
    }

    /** The transaction that an item was added in was not committed, or that is not known. */
    public static BatcherStoreException notCommitted(BatcherConfig<?> config, StoreTransaction.Outcome outcome) {
        boolean unknown = outcome == StoreTransaction.Outcome.UNKNOWN;
        return new BatcherStoreException(
                "the transaction in which an item of batcher \"" + config.name() + "\" was added "
                        + (unknown ? "may not have been committed" : "was rolled back"),
                null,
                unknown);
    }

    public static BatcherFullException full(BatcherConfig<?> config) {
        return new BatcherFullException("batcher \"" + config.name() + "\" is full: its capacity of "
                + config.capacity() + " items is used up and the overflow policy is " + config.overflow());
    }
}
