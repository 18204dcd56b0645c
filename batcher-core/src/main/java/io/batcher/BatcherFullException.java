/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** The buffer is full and the {@link Overflow} policy did not make room. The items were not accepted, or were dropped. */
public final class BatcherFullException extends BatcherException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that names the batcher, its capacity and the policy. */
    public BatcherFullException(String message) {
        super(message, null);
    }
}
