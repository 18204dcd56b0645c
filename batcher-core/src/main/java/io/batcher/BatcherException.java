/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import org.jspecify.annotations.Nullable;

/** The parent of the exceptions of this library. Unchecked. */
public abstract sealed class BatcherException extends RuntimeException
        permits AttemptInterruptedException,
                BatcherFullException,
                BatcherClosedException,
                BatcherStoreException,
                PartialBatchException,
                RetryAfterException {

    private static final long serialVersionUID = 1L;

    BatcherException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
