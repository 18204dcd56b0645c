/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.List;

/**
 * What {@link Batcher#close(java.time.Duration)} could not deliver.
 *
 * @param undelivered the items, in order, unmodifiable; empty for every call but the one that they were handed to
 * @param timedOut whether the timeout ended the delivery; then items that were with the handler are among the undelivered,
 *     their outcome unknown; items that {@code onDeadLetter} was handling are not
 */
public record CloseResult<T>(List<T> undelivered, boolean timedOut) {

    /** Makes the list of items unmodifiable. */
    public CloseResult {
        undelivered = List.copyOf(undelivered);
    }

    /** Returns counts only, never the items. */
    @Override
    public String toString() {
        return "CloseResult[undelivered=" + undelivered.size() + ", timedOut=" + timedOut + "]";
    }
}
