/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** The policy for items that are added while the buffer is full. */
public enum Overflow {
    /** {@code add} throws {@link BatcherFullException} at once. For callers that can tell their own callers to retry later. */
    REJECT,
    /**
     * {@code add} blocks until there is room, at most {@link BatcherBuilder#maxBlock maxBlock}, then throws
     * {@link BatcherFullException}. While a call waits, the items in the buffer are due at once; a retry delay and a pause still apply.
     * Calls get room in the order in which they began to wait, and {@code offer} returns false meanwhile. For back-pressure on threads
     * that may block.
     */
    BLOCK,
    /** Discards the added item and reports it. For samples that are interchangeable. */
    DROP_NEWEST,
    /**
     * Discards and reports the oldest items that were never attempted; if those do not make enough room, the added item. For data that
     * becomes obsolete.
     */
    DROP_OLDEST
}
