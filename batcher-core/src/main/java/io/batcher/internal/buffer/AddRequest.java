/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one call adds: one item, one item with a future, or many. Weighed when it is made, before the lock is taken, because the
 * weigher is user code. Where the call has to wait for room, it waits here.
 */
public final class AddRequest<T> {

    /** How a call went on that could not add at once. */
    public enum Fate {
        /** It waits for room, or never had to. */
        WAITING,
        /** Its items were placed for it. */
        PLACED,
        /** The batcher was closed before there was room. */
        CLOSED
    }

    private final List<? extends T> items;
    private final @Nullable CompletableFuture<Void> future;
    private final long @Nullable [] weights;

    /** Opened, after the lock was released, when the fate is known. Made where the call begins to wait. */
    private @Nullable CountDownLatch decided;

    /** Guarded by the batcher's lock. */
    private Fate fate = Fate.WAITING;

    /** One call's items; the list is not changed by anybody from here on. */
    public AddRequest(
            List<? extends T> items,
            @Nullable CompletableFuture<Void> future,
            @Nullable ToLongFunction<? super T> weigher) {
        this.items = items;
        this.future = future;
        this.weights = weigher == null ? null : weighed(items, weigher);
    }

    public int size() {
        return items.size();
    }

    T item(int index) {
        return items.get(index);
    }

    public List<? extends T> items() {
        return items;
    }

    @Nullable CompletableFuture<Void> future() {
        return future;
    }

    long weight(int index) {
        return weights == null ? 0 : weights[index];
    }

    /** The call begins to wait. Guarded by the batcher's lock. */
    void beginToWait() {
        decided = new CountDownLatch(1);
    }

    /** Only once it has begun to wait. */
    public CountDownLatch decided() {
        return Objects.requireNonNull(decided);
    }

    public Fate fate() {
        return fate;
    }

    void decide(Fate fate) {
        this.fate = fate;
    }

    private static <T> long[] weighed(List<? extends T> items, ToLongFunction<? super T> weigher) {
        long[] weights = new long[items.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weigher.applyAsLong(items.get(i));
            if (weights[i] < 0) {
                throw new IllegalArgumentException(
                        "weigher must return zero or more, but returned " + weights[i] + " for item " + i);
            }
        }
        return weights;
    }
}
