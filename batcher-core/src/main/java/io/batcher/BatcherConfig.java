/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The validated options of a batcher. Created by {@link BatcherBuilder#config()}; each option is described at the builder's method of
 * the same name. Immutable.
 *
 * @param <T> the item type
 */
public final class BatcherConfig<T> {

    private static final int DEFAULT_MAX_BATCH_SIZE = 1_000;

    /** The options of a store: most batchers have none. */
    private record Stored<T>(
            ItemStore store, ItemCodec<T> codec, @Nullable Integer partitions, boolean transactional) {}

    private final String name;
    private final @Nullable BatchConsumer<? super T> handler;
    private final @Nullable AsyncBatchConsumer<? super T> asyncHandler;
    private final Duration interval;
    private final int maxBatchSize;
    private final long maxBatchWeight;
    private final @Nullable ToLongFunction<? super T> weigher;
    private final @Nullable Function<? super T, ?> key;
    private final int concurrency;
    private final boolean batchPerKey;
    private final @Nullable Integer capacityPerKey;
    private final boolean eager;
    private final int capacity;
    private final Overflow overflow;
    private final Duration maxBlock;
    private final RetryPolicy retry;
    private final Optional<Pace> pace;
    private final Duration maxRetryAfter;
    private final Optional<Duration> handlerTimeout;
    private final Duration shutdownTimeout;
    private final boolean autoFlush;
    private final @Nullable Consumer<? super BatchFailure<T>> onError;
    private final @Nullable Consumer<? super DeadLetter<T>> onDeadLetter;
    private final @Nullable Consumer<? super T> onDrop;
    private final BatcherListener listener;

    /** Null without a store. */
    private final @Nullable Stored<T> stored;

    private final @Nullable Executor executor;
    private final @Nullable BatcherScheduler scheduler;
    private final BatcherClock clock;

    /**
     * Copies the options.
     *
     * @throws IllegalArgumentException if two of them contradict each other
     */
    BatcherConfig(Options<T> options) {
        options.check();
        this.name = options.name;
        this.handler = options.handler;
        this.asyncHandler = options.asyncHandler;
        this.interval = options.interval;
        this.maxBatchSize = options.maxBatchSize == null
                ? Math.min(DEFAULT_MAX_BATCH_SIZE, options.capacity())
                : options.maxBatchSize;
        this.maxBatchWeight = options.maxBatchWeight == null ? Long.MAX_VALUE : options.maxBatchWeight;
        this.weigher = options.weigher;
        this.key = options.key;
        this.concurrency = options.concurrency;
        this.batchPerKey = options.batchPerKey;
        this.capacityPerKey = options.capacityPerKey;
        this.eager = options.eager;
        this.capacity = options.capacity();
        this.overflow = options.overflow;
        this.maxBlock = options.maxBlock;
        this.retry = options.retry;
        this.pace = Optional.ofNullable(options.pace);
        this.maxRetryAfter = options.maxRetryAfter;
        this.handlerTimeout = Optional.ofNullable(options.handlerTimeout);
        this.shutdownTimeout = options.shutdownTimeout;
        this.autoFlush = options.autoFlush;
        this.onError = options.onError;
        this.onDeadLetter = options.onDeadLetter;
        this.onDrop = options.onDrop;
        this.listener = new ListenerChain(options.listeners);
        this.stored = options.store == null || options.codec == null
                ? null
                : new Stored<>(options.store, options.codec, options.partitions, options.transactional);
        this.executor = options.executor;
        this.scheduler = options.scheduler;
        this.clock = options.clock;
    }

    /** Returns the name of the batcher. */
    public String name() {
        return name;
    }

    /** Returns the synchronous handler; null if there is none or it is asynchronous. */
    public @Nullable BatchConsumer<? super T> handler() {
        return handler;
    }

    /** Returns the asynchronous handler; null if there is none or it is synchronous. */
    public @Nullable AsyncBatchConsumer<? super T> asyncHandler() {
        return asyncHandler;
    }

    /** Returns the longest time between the first item in an empty buffer and its delivery. */
    public Duration interval() {
        return interval;
    }

    /** Returns the maximum number of items in a batch, never more than {@link #capacity}. */
    public int maxBatchSize() {
        return maxBatchSize;
    }

    /** Returns the maximum weight of a batch; {@link Long#MAX_VALUE} if weight is not limited. */
    public long maxBatchWeight() {
        return maxBatchWeight;
    }

    /** Returns the function that weighs an item; null if weight is not limited. */
    public @Nullable ToLongFunction<? super T> weigher() {
        return weigher;
    }

    /** Returns the function that returns the key of an item; null if all items are in one order. */
    public @Nullable Function<? super T, ?> key() {
        return key;
    }

    /** Returns how many calls of the handler may run at once. */
    public int concurrency() {
        return concurrency;
    }

    /** Returns whether a batch has items of one key only. */
    public boolean batchPerKey() {
        return batchPerKey;
    }

    /** Returns the maximum number of items in memory of each key; empty if only their sum is limited. */
    public OptionalInt capacityPerKey() {
        return capacityPerKey == null ? OptionalInt.empty() : OptionalInt.of(capacityPerKey);
    }

    /** Returns whether a free handler gets the first item at once. */
    public boolean eager() {
        return eager;
    }

    /** Returns the maximum number of items in memory, or in the store. */
    public int capacity() {
        return capacity;
    }

    /** Returns the policy for items that are added while the buffer is full. */
    public Overflow overflow() {
        return overflow;
    }

    /** Returns the longest wait of a call under {@link Overflow#BLOCK}. */
    public Duration maxBlock() {
        return maxBlock;
    }

    /** Returns the policy for failed batches. */
    public RetryPolicy retry() {
        return retry;
    }

    /** Returns the limit on the rate of handler calls; empty if it is not limited. */
    public Optional<Pace> pace() {
        return pace;
    }

    /** Returns the longest rest after a {@link RetryAfterException}, unless the retry delay is longer. */
    public Duration maxRetryAfter() {
        return maxRetryAfter;
    }

    /** Returns the longest time of an attempt; empty if it is not limited. */
    public Optional<Duration> handlerTimeout() {
        return handlerTimeout;
    }

    /** Returns the timeout of {@link Batcher#close()}. */
    public Duration shutdownTimeout() {
        return shutdownTimeout;
    }

    /** Returns whether interval ticks are on from the start. */
    public boolean autoFlush() {
        return autoFlush;
    }

    /** Returns the callback for failed attempts; null if they are logged. */
    public @Nullable Consumer<? super BatchFailure<T>> onError() {
        return onError;
    }

    /** Returns the callback for items that were given up; null if they are logged. */
    public @Nullable Consumer<? super DeadLetter<T>> onDeadLetter() {
        return onDeadLetter;
    }

    /** Returns the callback for dropped items; null if they are logged. */
    public @Nullable Consumer<? super T> onDrop() {
        return onDrop;
    }

    /** Returns all listeners as one, which calls them in the order in which they were added. */
    public BatcherListener listener() {
        return listener;
    }

    /** Returns the store that keeps the items; null if they are in memory. */
    public @Nullable ItemStore store() {
        return stored == null ? null : stored.store();
    }

    /** Returns the codec of stored items; null without a store. */
    public @Nullable ItemCodec<T> codec() {
        return stored == null ? null : stored.codec();
    }

    /** Returns into how many partitions the store is to divide the items; the concurrency unless it was set. */
    public int partitions() {
        return stored == null || stored.partitions() == null ? concurrency : stored.partitions();
    }

    /** Returns whether the handler and the record of its outcome are one transaction. */
    public boolean transactional() {
        return stored != null && stored.transactional();
    }

    /** Returns the executor of handlers and callbacks; null for the process-wide pool. */
    public @Nullable Executor executor() {
        return executor;
    }

    /** Returns the source of timers; null for the process-wide timer. */
    public @Nullable BatcherScheduler scheduler() {
        return scheduler;
    }

    /** Returns the clock. */
    public BatcherClock clock() {
        return clock;
    }

    /** Returns name and limits only, never a callback: its string may contain anything. */
    @Override
    public String toString() {
        return "BatcherConfig[name=" + name + ", interval=" + interval + ", maxBatchSize=" + maxBatchSize
                + ", capacity=" + capacity + ", overflow=" + overflow + "]";
    }
}
