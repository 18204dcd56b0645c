/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Items, and the futures of those that were submitted.
 *
 * @param array the items, from index 0; longer than {@code size} if it is the array of a chunk
 * @param futures the future of each item, by the same index; null if no item has one
 */
public record Items<T>(Object[] array, CompletableFuture<Void> @Nullable [] futures, int size) {

    @SuppressWarnings({"unchecked", "rawtypes"})
    static CompletableFuture<Void>[] futures(int size) {
        return new CompletableFuture[size];
    }

    /** Returns the items at the given indexes. */
    public Items<T> only(int[] indexes) {
        Object[] some = new Object[indexes.length];
        CompletableFuture<Void>[] theirs = futures == null ? null : futures(indexes.length);
        for (int i = 0; i < indexes.length; i++) {
            some[i] = array[indexes[i]];
            if (theirs != null && futures != null) {
                theirs[i] = futures[indexes[i]];
            }
        }
        return new Items<>(some, theirs, indexes.length);
    }

    /** Returns a copy of the items as an immutable list. */
    @SuppressWarnings("unchecked")
    public List<T> list() {
        return (List<T>) List.of(Arrays.copyOf(array, size));
    }

    /** Completes the futures, normally if {@code failure} is null. May run user code. */
    public void complete(@Nullable Throwable failure) {
        if (futures == null) {
            return;
        }
        for (int i = 0; i < size; i++) {
            if (futures[i] != null) {
                complete(futures[i], failure);
            }
        }
    }

    /** Completes a future, normally if {@code failure} is null. May run user code. */
    public static void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }
}
