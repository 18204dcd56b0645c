/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.internal.DefaultBatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options of a {@link Batcher}. Each method rejects invalid values with {@link IllegalArgumentException}, {@link #build}
 * rejects invalid combinations; the message names option, rule and value. Not thread-safe.
 *
 * <pre>{@code
 * Batcher<Reading> readings = Batcher.<Reading>builder("readings")
 *         .interval(Duration.ofMillis(200))
 *         .maxBatchSize(500)
 *         .capacity(10_000)
 *         .overflow(Overflow.BLOCK)
 *         .handler(batch -> cloud.post(batch))
 *         .onError(failure -> alarm.raise(failure.cause()))
 *         .build();
 * }</pre>
 *
 * @param <T> the item type
 */
public final class BatcherBuilder<T> {

    private static final int DEFAULT_MAX_BATCH_SIZE = 1_000;

    final String name;
    final List<BatcherListener> listeners = new ArrayList<>();

    @Nullable BatchConsumer<? super T> handler;

    @Nullable AsyncBatchConsumer<? super T> asyncHandler;

    Duration interval = Duration.ofMillis(500);

    @Nullable Integer maxBatchSize;

    @Nullable Long maxBatchWeight;

    @Nullable ToLongFunction<? super T> weigher;

    boolean eager;
    int capacity = 100_000;
    Overflow overflow = Overflow.REJECT;
    Duration maxBlock = Duration.ofSeconds(1);
    RetryPolicy retry = RetryPolicy.defaults();

    @Nullable Pace pace;

    Duration maxRetryAfter = Duration.ofMinutes(5);

    @Nullable Duration handlerTimeout;

    Duration shutdownTimeout = Duration.ofSeconds(10);
    boolean autoFlush = true;

    @Nullable Consumer<? super BatchFailure<T>> onError;

    @Nullable Consumer<? super DeadLetter<T>> onDeadLetter;

    @Nullable Consumer<? super T> onDrop;

    @Nullable Executor executor;

    @Nullable BatcherScheduler scheduler;

    BatcherClock clock = BatcherClock.system();

    BatcherBuilder(String name) {
        this.name = BatcherName.require(name);
    }

    /**
     * Sets the synchronous handler. Without a handler items wait until one is registered.
     *
     * @throws IllegalStateException if there is a handler, synchronous or asynchronous
     */
    public BatcherBuilder<T> handler(BatchConsumer<? super T> handler) {
        requireNoHandler();
        this.handler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * Sets the asynchronous handler.
     *
     * @throws IllegalStateException if there is a handler, synchronous or asynchronous
     */
    public BatcherBuilder<T> asyncHandler(AsyncBatchConsumer<? super T> asyncHandler) {
        requireNoHandler();
        this.asyncHandler = Objects.requireNonNull(asyncHandler, "asyncHandler");
        return this;
    }

    /** Sets the longest time between the first item in an empty buffer and its delivery. More than zero. Default: 500 ms. */
    public BatcherBuilder<T> interval(Duration interval) {
        this.interval = Require.positive(interval, "interval");
        return this;
    }

    /**
     * Limits the number of items in a batch. A full batch is delivered at once. At least 1. Default: 1000, or the capacity if that is
     * less.
     */
    public BatcherBuilder<T> maxBatchSize(int maxBatchSize) {
        Require.argument(maxBatchSize >= 1, "maxBatchSize must be at least 1, but was %s", maxBatchSize);
        this.maxBatchSize = maxBatchSize;
        return this;
    }

    /**
     * Limits the weight of a batch, in the unit of the {@link #weigher}. A batch of that weight is delivered at once. An item that is
     * heavier is delivered in a batch of its own. At least 1. Default: no limit. With a limit, each add acquires a lock.
     */
    public BatcherBuilder<T> maxBatchWeight(long maxBatchWeight) {
        Require.argument(maxBatchWeight >= 1, "maxBatchWeight must be at least 1, but was %s", maxBatchWeight);
        this.maxBatchWeight = maxBatchWeight;
        return this;
    }

    /**
     * Sets the function that returns the weight of an item, zero or more, in a unit of your choice. Called once per item on the adding
     * thread; exceptions propagate to the caller of {@code add}. Required with {@link #maxBatchWeight}, and not valid without it.
     */
    public BatcherBuilder<T> weigher(ToLongFunction<? super T> weigher) {
        this.weigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /**
     * Sets whether a free handler gets the first item at once. Items that arrive while it works make the next batch. Default: false.
     */
    public BatcherBuilder<T> eager(boolean eager) {
        this.eager = eager;
        return this;
    }

    /**
     * Limits the number of items in memory: waiting, kept for a retry, and with the handler. At least 1, and not less than a
     * {@link #maxBatchSize} that was set. Memory is allocated for the items present, not for this number. Default: 100 000.
     */
    public BatcherBuilder<T> capacity(int capacity) {
        Require.argument(capacity >= 1, "capacity must be at least 1, but was %s", capacity);
        this.capacity = capacity;
        return this;
    }

    /** Sets the policy for items that are added while the buffer is full. Default: {@link Overflow#REJECT}. */
    public BatcherBuilder<T> overflow(Overflow overflow) {
        this.overflow = Objects.requireNonNull(overflow, "overflow");
        return this;
    }

    /** Sets the longest wait of a call under {@link Overflow#BLOCK}. Zero or more. Default: 1 s. */
    public BatcherBuilder<T> maxBlock(Duration maxBlock) {
        this.maxBlock = Require.notNegative(maxBlock, "maxBlock");
        return this;
    }

    /** Sets when a failed batch is retried and when it is given up. Default: {@link RetryPolicy#defaults()}. */
    public BatcherBuilder<T> retry(RetryPolicy retry) {
        this.retry = Objects.requireNonNull(retry, "retry");
        return this;
    }

    /**
     * Limits how often the handler is called. While a call has to wait for its turn, no thread does. {@link Batcher#flush} skips the
     * retry delay, not the pace; {@link Batcher#close(Duration)} keeps the pace too, and ends at once when the next call would start
     * after its timeout. The limit applies to this batcher in this process: divide the target's limit by the number of instances.
     * Default: none.
     */
    public BatcherBuilder<T> pace(Pace pace) {
        this.pace = Objects.requireNonNull(pace, "pace");
        return this;
    }

    /** Sets {@link #pace(Pace)} to {@link Pace#of}, with evenly spaced calls. */
    public BatcherBuilder<T> pace(int calls, Duration per) {
        return pace(Pace.of(calls, per));
    }

    /**
     * Limits how long the batcher rests after a {@link RetryAfterException}; a longer wish of the target is shortened to it. A rest is
     * never shorter than the retry delay, whatever this is. More than zero. Default: 5 min.
     */
    public BatcherBuilder<T> maxRetryAfter(Duration maxRetryAfter) {
        this.maxRetryAfter = Require.positive(maxRetryAfter, "maxRetryAfter");
        return this;
    }

    /**
     * Limits the time of an attempt, from the call of the handler to its return or the end of its stage. Listeners and the wait for a
     * thread are not included. More than zero. Default: no limit.
     *
     * <p>At the timeout an asynchronous attempt fails with {@link java.util.concurrent.TimeoutException} and its stage is cancelled. The
     * thread of a synchronous handler is interrupted, and the attempt ends when the call returns: with success if it returns normally,
     * with {@code TimeoutException} if it throws.
     */
    public BatcherBuilder<T> handlerTimeout(Duration handlerTimeout) {
        this.handlerTimeout = Require.positive(handlerTimeout, "handlerTimeout");
        return this;
    }

    /**
     * Limits the time in which {@link Batcher#close()} delivers the remaining items, and then the time in which it waits for
     * {@link #onDeadLetter}. Zero or more. Default: 10 s.
     */
    public BatcherBuilder<T> shutdownTimeout(Duration shutdownTimeout) {
        this.shutdownTimeout = Require.notNegative(shutdownTimeout, "shutdownTimeout");
        return this;
    }

    /** Sets whether interval ticks are on from the start. Default: true. */
    public BatcherBuilder<T> autoFlush(boolean autoFlush) {
        this.autoFlush = autoFlush;
        return this;
    }

    /**
     * Sets a callback that is called after each failed attempt, on the thread that delivers batches. Without it failures are logged: the
     * first, then once a minute, then the recovery.
     */
    public BatcherBuilder<T> onError(Consumer<? super BatchFailure<T>> onError) {
        this.onError = Objects.requireNonNull(onError, "onError");
        return this;
    }

    /**
     * Sets a callback that takes items that were given up, and items that {@link Batcher#close()} could not deliver, on a thread that
     * delivers batches. A dead letter has at most {@link #maxBatchSize} items. They leave memory when the callback returns. If it throws,
     * it is called again after the retry delay, and later batches wait; after close it is not called again, and the items are logged by
     * count. Without a callback all such items are logged by count.
     *
     * <p>An {@code add} to the same batcher never blocks in this callback. If the buffer is full and the callback throws the
     * {@link BatcherFullException}, the letter is offered again after the delay; later batches are delivered meanwhile, because they make
     * room.
     */
    public BatcherBuilder<T> onDeadLetter(Consumer<? super DeadLetter<T>> onDeadLetter) {
        this.onDeadLetter = Objects.requireNonNull(onDeadLetter, "onDeadLetter");
        return this;
    }

    /**
     * Sets a callback that is called with each item that a DROP policy discarded, on the thread whose call discarded it. Without it drops
     * are logged by count, one line per burst.
     */
    public BatcherBuilder<T> onDrop(Consumer<? super T> onDrop) {
        this.onDrop = Objects.requireNonNull(onDrop, "onDrop");
        return this;
    }

    /** Adds a listener. Listeners are called in the order in which they were added. */
    public BatcherBuilder<T> listener(BatcherListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets the executor of handlers and callbacks. A batcher runs one task at a time there; a busy one yields its thread after 10 ms. If a
     * task was accepted and has not begun after 1 s, or after two intervals if that is longer, another one is started, and the first does
     * nothing if it begins later.
     *
     * <p>Default: one cached pool of daemon threads for the whole process. Its threads inherit nothing from the thread that first uses
     * it; their context class loader is the system class loader.
     */
    public BatcherBuilder<T> executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /** Sets the scheduler of timers. Default: one daemon thread for the whole process. */
    public BatcherBuilder<T> scheduler(BatcherScheduler scheduler) {
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        return this;
    }

    /**
     * Sets the scheduler of timers. A scheduler that keeps cancelled tasks until their time holds at most one such task of a batcher.
     */
    public BatcherBuilder<T> scheduler(ScheduledExecutorService scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        return scheduler((task, delay) -> scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Sets the clock, for tests. Default: {@link BatcherClock#system()}. */
    public BatcherBuilder<T> clock(BatcherClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Validates the options and returns a copy of them.
     *
     * @throws IllegalArgumentException if two options contradict each other; the message names both
     */
    public BatcherConfig<T> config() {
        Require.argument(
                maxBatchSize == null || maxBatchSize <= capacity,
                "capacity must not be less than maxBatchSize, but %s < %s; raise capacity or lower maxBatchSize",
                capacity,
                maxBatchSize);
        Require.argument(
                maxBatchWeight == null || weigher != null,
                "maxBatchWeight needs a weigher, but was set to %s without one; set weigher too",
                maxBatchWeight);
        Require.argument(
                weigher == null || maxBatchWeight != null,
                "weigher needs a maxBatchWeight, but was set without one; set maxBatchWeight too");
        if (retry.delay().isEmpty()) {
            RetryPolicy.requireDelayWithinBound(retry, interval, "interval, the retry.delay unless one is set");
        }
        return new BatcherConfig<>(
                this, maxBatchSize == null ? Math.min(DEFAULT_MAX_BATCH_SIZE, capacity) : maxBatchSize);
    }

    /**
     * Builds the batcher and starts it.
     *
     * @throws IllegalArgumentException if two options contradict each other; the message names both
     */
    public Batcher<T> build() {
        return new DefaultBatcher<>(config());
    }

    private void requireNoHandler() {
        if (handler != null || asyncHandler != null) {
            throw new IllegalStateException(
                    "batcher \"" + name + "\" has a handler already; it takes one, of either kind");
        }
    }
}
