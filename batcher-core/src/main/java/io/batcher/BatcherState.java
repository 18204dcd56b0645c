/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** What a batcher does at the moment. */
public enum BatcherState {
    /** Items are accepted and delivered. */
    RUNNING,
    /** Items are accepted; delivery rests until {@link Batcher#resume()}. */
    PAUSED,
    /** Every item is delivered at once: after {@link Batcher#drain()}, or while the batcher is closing. */
    DRAINING,
    /** No item is accepted or delivered any more. */
    CLOSED
}
