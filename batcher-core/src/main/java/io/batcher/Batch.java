/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Instant;
import java.util.List;

/**
 * The items that a handler gets in one call, in the order in which they were added.
 *
 * <p>Unmodifiable, with random access, safe to keep and to share between threads. Equality, hash code and string
 * are those of any list: printing a batch prints its items. {@link #subList} copies.
 *
 * <p>Java serialization writes a batch, or a part of it, as a plain {@code java.util} list, if its items are serializable. Id,
 * attempt, reason and time are not written.
 *
 * @param <T> the item type
 */
public interface Batch<T> extends List<T> {

    /**
     * Returns what identifies this batch, unique across restarts. The same id means the same items in the same order, on
     * every attempt: an idempotency key. When a part of a batch is tried again, that part has an id of its own.
     */
    String id();

    /** Returns which attempt this is: 1, 2, and so on. */
    int attempt();

    /** Returns why the items were delivered now. Kept across attempts. */
    FlushReason reason();

    /** Returns when the oldest of the items was added. */
    Instant firstAddedAt();
}
