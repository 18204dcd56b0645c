/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** The reason for which a batch was delivered. */
public enum FlushReason {
    /** The interval since the first item entered the empty buffer has elapsed. */
    INTERVAL,
    /** The batch has the maximum number of items. */
    SIZE,
    /** The batch has the maximum weight, or the next item would exceed it. */
    WEIGHT,
    /** {@link Batcher#flush()} or {@link Batcher#drain()} was called. */
    MANUAL,
    /** The handler is free, and the batcher is eager or draining, or a call waits for room. */
    EAGER,
    /** The batcher is closing. */
    CLOSE
}
