/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Result of a flush.
 *
 * @param depth the number of items in memory afterwards
 */
public record FlushDescriptor(String name, Outcome outcome, int depth) implements OperationResponseBody {

    /** Outcome of a flush. */
    public enum Outcome {
        /** All items that were in memory are settled. */
        SUCCESS,
        /** An attempt failed; its items are kept. */
        FAILED,
        /** The wait timed out; the flush continues. */
        TIMED_OUT,
        /** Delivery is paused; nothing was attempted. */
        PAUSED
    }
}
