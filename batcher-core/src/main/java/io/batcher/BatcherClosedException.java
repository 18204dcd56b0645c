/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import org.jspecify.annotations.Nullable;

/** Thrown when the batcher is closed: items were not accepted, or were handed back by close. */
public final class BatcherClosedException extends BatcherException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the batcher. */
    public BatcherClosedException(String message) {
        this(message, null);
    }

    /** Creates an exception with the last failure of items that were handed back. */
    public BatcherClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
