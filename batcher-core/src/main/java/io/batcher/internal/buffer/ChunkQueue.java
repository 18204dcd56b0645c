/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import org.jspecify.annotations.Nullable;

/** Chunks, first in first out. Takes no memory of its own, so that to add one cannot fail. Guarded by the batcher's lock. */
public final class ChunkQueue<T> {

    private @Nullable Chunk<T> first;
    private @Nullable Chunk<T> last;

    void add(Chunk<T> chunk) {
        Chunk<T> before = last;
        if (before == null) {
            first = chunk;
        } else {
            before.next(chunk);
        }
        last = chunk;
    }

    @Nullable Chunk<T> first() {
        return first;
    }

    @Nullable Chunk<T> last() {
        return last;
    }

    /** Removes the first chunk. */
    void remove() {
        Chunk<T> removed = first;
        if (removed != null) {
            first = removed.next();
            removed.next(null); // else an old chunk would keep younger ones from being collected
            if (first == null) {
                last = null;
            }
        }
    }
}
