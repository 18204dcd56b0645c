/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * How a flush ended.
 *
 * @param depth what is left in memory
 */
public record FlushDescriptor(String name, Outcome outcome, int depth) implements OperationResponseBody {

    /** How a flush ended. */
    public enum Outcome {
        /** Everything that was there is settled. */
        SUCCESS,
        /** An attempt failed; the items stay. */
        FAILED,
        /** It goes on; nobody waits for it any more. */
        TIMED_OUT,
        /** Nothing was tried, because delivery rests. */
        PAUSED
    }
}
