/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A frozen batch as a store records it.
 *
 * @param id the batch's id, at most {@value #MAX_ID_LENGTH} characters
 * @param items the exact items, in order, at least one
 * @param attempt the number of the last attempt, from 1
 * @param counted how many attempts count towards the maximum
 * @param retryIn how long to wait before the next attempt; null while the outcome of the last one is not recorded
 */
public record BatchRecord(
        String id,
        List<StoredItem> items,
        int attempt,
        int counted,
        @Nullable Duration retryIn) {

    /** The longest id. */
    public static final int MAX_ID_LENGTH = 128;

    /** Checks the arguments and makes the list unmodifiable. */
    public BatchRecord {
        Objects.requireNonNull(id, "id");
        items = List.copyOf(items);
        require(!id.isEmpty() && id.length() <= MAX_ID_LENGTH, "id must have from 1 to 128 characters");
        require(!items.isEmpty(), "items must not be empty");
        require(attempt >= 1, "attempt must be at least 1");
        require(counted >= 0 && counted <= attempt, "counted must be from 0 to attempt");
        require(retryIn == null || !retryIn.isNegative(), "retryIn must not be negative");
    }

    /** Creates the record of an attempt that begins now. */
    public BatchRecord(String id, List<StoredItem> items, int attempt, int counted) {
        this(id, items, attempt, counted, null);
    }

    /** Returns whether the outcome of the last attempt is not recorded: its process has ended. Always true of what {@code begin} records. */
    public boolean isInterrupted() {
        return retryIn == null;
    }

    /**
     * Returns whether the first attempt was taken back, because the target has asked to be called later: the next one is the first again, with
     * the same id and items. An attempt that was made and has failed counts, if it is the first.
     */
    public boolean isTakenBack() {
        return retryIn != null && attempt == 1 && counted == 0;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
