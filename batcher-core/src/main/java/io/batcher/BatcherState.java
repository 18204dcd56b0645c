/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** The state of a batcher. */
public enum BatcherState {
    /** Items are accepted and delivered. */
    RUNNING,
    /** Items are accepted, and not delivered until {@link Batcher#resume()}. */
    PAUSED,
    /** Every item is delivered at once: after {@link Batcher#drain()}, or while the batcher is closing. */
    DRAINING,
    /** No items are accepted or delivered. */
    CLOSED
}
