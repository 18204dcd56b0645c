/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.List;

/**
 * The result of {@link Batcher#close(java.time.Duration)}.
 *
 * @param undelivered the items that could not be delivered, in order, unmodifiable. Each item is handed to one call of {@code close} only
 * @param timedOut whether the timeout ended the delivery. Items that were with the handler then are included, their outcome unknown; items
 *     that {@code onDeadLetter} was handling are not
 */
public record CloseResult<T>(List<T> undelivered, boolean timedOut) {

    /** Copies the items. */
    public CloseResult {
        undelivered = List.copyOf(undelivered);
    }

    /** Returns counts only, never items. */
    @Override
    public String toString() {
        return "CloseResult[undelivered=" + undelivered.size() + ", timedOut=" + timedOut + "]";
    }
}
