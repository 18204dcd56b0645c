/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** Thrown when the buffer is full and the {@link Overflow} policy made no room: items were rejected or dropped. */
public final class BatcherFullException extends BatcherException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the batcher, its capacity and the policy. */
    public BatcherFullException(String message) {
        super(message, null);
    }
}
