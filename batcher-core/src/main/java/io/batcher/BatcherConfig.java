/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The validated options of a batcher. Created by {@link BatcherBuilder#config()}; each option is described at the builder's method of
 * the same name. Immutable.
 *
 * @param <T> the item type
 */
public final class BatcherConfig<T> {

    private final String name;
    private final @Nullable BatchConsumer<? super T> handler;
    private final @Nullable AsyncBatchConsumer<? super T> asyncHandler;
    private final Duration interval;
    private final int maxBatchSize;
    private final long maxBatchWeight;
    private final @Nullable ToLongFunction<? super T> weigher;
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
    private final @Nullable Executor executor;
    private final @Nullable BatcherScheduler scheduler;
    private final BatcherClock clock;

    /**
     * Copies the options of a builder that has validated them.
     *
     * @param maxBatchSize the builder's, or its default
     */
    BatcherConfig(BatcherBuilder<T> builder, int maxBatchSize) {
        this.name = builder.name;
        this.handler = builder.handler;
        this.asyncHandler = builder.asyncHandler;
        this.interval = builder.interval;
        this.maxBatchSize = maxBatchSize;
        this.maxBatchWeight = builder.maxBatchWeight == null ? Long.MAX_VALUE : builder.maxBatchWeight;
        this.weigher = builder.weigher;
        this.eager = builder.eager;
        this.capacity = builder.capacity;
        this.overflow = builder.overflow;
        this.maxBlock = builder.maxBlock;
        this.retry = builder.retry;
        this.pace = Optional.ofNullable(builder.pace);
        this.maxRetryAfter = builder.maxRetryAfter;
        this.handlerTimeout = Optional.ofNullable(builder.handlerTimeout);
        this.shutdownTimeout = builder.shutdownTimeout;
        this.autoFlush = builder.autoFlush;
        this.onError = builder.onError;
        this.onDeadLetter = builder.onDeadLetter;
        this.onDrop = builder.onDrop;
        this.listener = new ListenerChain(builder.listeners);
        this.executor = builder.executor;
        this.scheduler = builder.scheduler;
        this.clock = builder.clock;
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

    /** Returns whether a free handler gets the first item at once. */
    public boolean eager() {
        return eager;
    }

    /** Returns the maximum number of items in memory. */
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
