/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/** What happens to an item that is added while the buffer is full. */
public enum Overflow {
    /** {@code add} throws {@link BatcherFullException} at once. For callers that can say "try later" themselves. */
    REJECT,
    /**
     * {@code add} waits for room, at most {@link BatcherBuilder#maxBlock maxBlock}, then throws {@link BatcherFullException}.
     * While a call waits, the items in the buffer are due at once; the delay of a failed batch and a pause still apply. Calls
     * get room in the order in which they began to wait, and {@code offer} returns false meanwhile. For back-pressure on
     * threads that may wait.
     */
    BLOCK,
    /** The added item is discarded and reported. For samples of which the first are as good as the last. */
    DROP_NEWEST,
    /**
     * The oldest items that no attempt was made with are discarded and reported; where those do not suffice, the added item.
     * For data that ages.
     */
    DROP_OLDEST
}
