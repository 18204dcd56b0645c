/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import org.jspecify.annotations.Nullable;

/** The batcher is closed: the items were not accepted, or were handed back by close. */
public final class BatcherClosedException extends BatcherException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that names the batcher. */
    public BatcherClosedException(String message) {
        this(message, null);
    }

    /** Creates the exception with the last failure of the items that were handed back. */
    public BatcherClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
