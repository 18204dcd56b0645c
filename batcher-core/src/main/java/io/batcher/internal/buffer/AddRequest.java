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
 * The items of one call. They are weighed when the request is created, before the lock is acquired, because the weigher is user code. A
 * call that waits for room waits for {@link #settled}.
 */
public final class AddRequest<T> {

    /** The outcome of a call that found no room at once. */
    public enum Outcome {
        /** The call waits for room, or has not had to wait. */
        WAITING,
        /** Its items were added. */
        PLACED,
        /** The batcher was closed before there was room. */
        CLOSED
    }

    private final List<? extends T> items;

    /** The key of the items; null if they have none, or different ones. */
    private final @Nullable Object key;

    /** The items by lane; empty if they are in one. */
    private final List<AddRequest<T>> parts;

    private final @Nullable CompletableFuture<Void> future;
    private final long @Nullable [] weights;

    /** Opened, after the lock is released, when the outcome is known. Created when the call begins to wait. */
    private @Nullable CountDownLatch settled;

    /** Guarded by the batcher's lock. */
    private Outcome outcome = Outcome.WAITING;

    /**
     * Creates a request.
     *
     * @param items not modified from here on
     * @param future completed when the items are settled; null if the caller did not ask for it
     * @param weigher null if weight is not limited
     */
    public AddRequest(
            List<? extends T> items,
            @Nullable CompletableFuture<Void> future,
            @Nullable ToLongFunction<? super T> weigher) {
        this(items, null, future, weigher);
    }

    /**
     * As {@link #AddRequest(List, CompletableFuture, ToLongFunction)}, for items of one lane.
     *
     * @param key the key of one of them; null if they have none
     */
    public AddRequest(
            List<? extends T> items,
            @Nullable Object key,
            @Nullable CompletableFuture<Void> future,
            @Nullable ToLongFunction<? super T> weigher) {
        this.items = items;
        this.key = key;
        this.parts = List.of();
        this.future = future;
        this.weights = weigher == null ? null : weighed(items, weigher);
    }

    /** Creates a request for items of several lanes, which are added all or not at all. */
    public AddRequest(List<? extends T> items, List<AddRequest<T>> parts) {
        this.items = items;
        this.key = null;
        this.parts = parts;
        this.future = null;
        this.weights = null;
    }

    /** Returns the key of the items; null if they have none. Only for items of one lane. */
    public @Nullable Object key() {
        return key;
    }

    /** Returns the items by lane, each in the order of the call. */
    public List<AddRequest<T>> parts() {
        return parts.isEmpty() ? List.of(this) : parts;
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

    /** Stores some of the items in slots of a chunk that were claimed for them. */
    void put(Chunk<T> chunk, int slot, int from, int count) {
        for (int i = 0; i < count; i++) {
            chunk.put(slot + i, item(from + i), future);
        }
    }

    long weight(int index) {
        return weights == null ? 0 : weights[index];
    }

    /** Called under the batcher's lock when the call begins to wait. */
    void beginToWait() {
        if (settled == null) {
            settled = new CountDownLatch(1); // else it has waited in another queue before
        }
    }

    /** Returns the latch that opens when the outcome is known. Only after the call has begun to wait. */
    public CountDownLatch settled() {
        return Objects.requireNonNull(settled);
    }

    public Outcome outcome() {
        return outcome;
    }

    public void settle(Outcome outcome) {
        this.outcome = outcome;
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
