/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The items of one handler call, in the order in which they were added.
 *
 * <p>Unmodifiable, with random access, thread-safe, and safe to keep. {@code equals}, {@code hashCode} and {@code toString} are those of
 * any list: printing a batch prints its items. {@link #subList} returns a copy.
 *
 * <p>Java serialization writes a batch or a part of it as a plain {@code java.util} list if its items are serializable. Id, attempt,
 * reason and time are not written.
 *
 * @param <T> the item type
 */
public interface Batch<T> extends List<T> {

    /**
     * Returns the id of this batch, unique across restarts. On every attempt the same id means the same items in the same order, so it can
     * serve as an idempotency key. If only a part of a batch is retried, the part gets a new id.
     */
    String id();

    /** Returns the number of this attempt, starting with 1. */
    int attempt();

    /** Returns why the batch was first delivered when it was. The same on every attempt. */
    FlushReason reason();

    /** Returns when the oldest item was added. */
    Instant firstAddedAt();

    /** Returns the key of all items if the batcher has {@link BatcherBuilder#batchPerKey}; otherwise, and for items without a key, empty. */
    default Optional<Object> key() {
        return Optional.empty();
    }
}
