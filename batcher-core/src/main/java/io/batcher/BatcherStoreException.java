/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A store failed: the database is down, too slow or full, or its answer was lost. Thrown by the calls that add, or fails the future
 * of {@link Batcher#submit}. Unless {@link #outcomeUnknown} says so, nothing of the call was stored.
 */
public non-sealed class BatcherStoreException extends BatcherException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;

    /** Creates the exception of a call that has changed nothing. */
    public BatcherStoreException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Creates the exception.
     *
     * @param message names the store, what failed and what to do
     * @param outcomeUnknown whether the answer to a commit was lost, so that the change may have happened
     */
    public BatcherStoreException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Returns whether the answer to a commit was lost. The items are then stored whole or not at all; adding them again may store them twice. */
    public final boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
