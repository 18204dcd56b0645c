/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.internal.DefaultBatcher;
import io.batcher.internal.store.StoredBatcher;
import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

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

    private final Options<T> options;

    BatcherBuilder(String name) {
        this.options = new Options<>(BatcherName.require(name));
    }

    /**
     * Sets the synchronous handler. Without a handler items wait until one is registered.
     *
     * @throws IllegalStateException if there is a handler, synchronous or asynchronous
     */
    public BatcherBuilder<T> handler(BatchConsumer<? super T> handler) {
        options.handler(handler);
        return this;
    }

    /**
     * Sets the asynchronous handler.
     *
     * @throws IllegalStateException if there is a handler, synchronous or asynchronous
     */
    public BatcherBuilder<T> asyncHandler(AsyncBatchConsumer<? super T> asyncHandler) {
        options.asyncHandler(asyncHandler);
        return this;
    }

    /** Sets the longest time between the first item in an empty buffer and its delivery. More than zero. Default: 500 ms. */
    public BatcherBuilder<T> interval(Duration interval) {
        options.interval = Require.positive(interval, "interval");
        return this;
    }

    /**
     * Limits the number of items in a batch. A full batch is delivered at once. At least 1. Default: 1000, or the capacity if that is
     * less.
     */
    public BatcherBuilder<T> maxBatchSize(int maxBatchSize) {
        options.maxBatchSize = Require.atLeastOne(maxBatchSize, "maxBatchSize");
        return this;
    }

    /**
     * Limits the weight of a batch, in the unit of the {@link #weigher}. A batch of that weight is delivered at once. An item that is
     * heavier is delivered in a batch of its own. At least 1. Default: no limit. With a limit, each add acquires a lock.
     */
    public BatcherBuilder<T> maxBatchWeight(long maxBatchWeight) {
        options.maxBatchWeight = Require.atLeastOne(maxBatchWeight, "maxBatchWeight");
        return this;
    }

    /**
     * Sets the function that returns the weight of an item, zero or more, in a unit of your choice. Called once per item on the adding
     * thread; exceptions propagate to the caller of {@code add}. Required with {@link #maxBatchWeight}, and not valid without it.
     */
    public BatcherBuilder<T> weigher(ToLongFunction<? super T> weigher) {
        options.weigher = Objects.requireNonNull(weigher, "weigher");
        return this;
    }

    /** Sets whether a free handler gets the first item at once. Items that arrive while it works make the next batch. Default: false. */
    public BatcherBuilder<T> eager(boolean eager) {
        options.eager = eager;
        return this;
    }

    /**
     * Limits the number of items in memory: waiting, kept for a retry, and with the handler. At least 1, and not less than a
     * {@link #maxBatchSize} that was set. Memory is allocated for the items present, not for this number. Default: 100 000.
     *
     * <p>With a {@link #store} it limits the number of items stored. Default: 10 000 000. If several processes share the store, each
     * compares with its last count and what it has added since, so all together may pass the limit by what they add between two counts.
     */
    public BatcherBuilder<T> capacity(int capacity) {
        options.capacity = Require.atLeastOne(capacity, "capacity");
        return this;
    }

    /**
     * Sets the function that returns the key of an item: order is kept among items of one key only, and calls for different keys may run
     * at once, see {@link #concurrency}. Called once per item on the adding thread; exceptions propagate to the caller, and nothing is
     * added. A null key asks for no order. Keys need stable {@code hashCode} and {@code equals} that are quick and do not call the
     * batcher: they may run with its lock held. Default: none, all items are in one order.
     */
    public BatcherBuilder<T> key(Function<? super T, ?> key) {
        options.key = Objects.requireNonNull(key, "key");
        return this;
    }

    /** Limits how many calls of the handler run at once; never two with the same key. At least 1, more than 1 needs a {@link #key}. Default: 1. */
    public BatcherBuilder<T> concurrency(int concurrency) {
        options.concurrency = Require.atLeastOne(concurrency, "concurrency");
        return this;
    }

    /** Sets whether a batch has items of one key only, which {@link Batch#key} returns. Needs a {@link #key}. Default: false. */
    public BatcherBuilder<T> batchPerKey(boolean batchPerKey) {
        options.batchPerKey = batchPerKey;
        return this;
    }

    /**
     * Limits the number of items in memory of each key, so that one key that fails does not fill the buffer. The {@link #overflow} policy
     * applies to a key at its limit; null has no limit. From 1 to {@link #capacity}, needs {@link #batchPerKey}. Default: none.
     */
    public BatcherBuilder<T> capacityPerKey(int capacityPerKey) {
        options.capacityPerKey = Require.atLeastOne(capacityPerKey, "capacityPerKey");
        return this;
    }

    /** Sets the policy for items that are added while the buffer is full. Default: {@link Overflow#REJECT}. */
    public BatcherBuilder<T> overflow(Overflow overflow) {
        options.overflow = Objects.requireNonNull(overflow, "overflow");
        return this;
    }

    /** Sets the longest wait of a call under {@link Overflow#BLOCK}. Zero or more. Default: 1 s. */
    public BatcherBuilder<T> maxBlock(Duration maxBlock) {
        options.maxBlock = Require.notNegative(maxBlock, "maxBlock");
        return this;
    }

    /** Sets when a failed batch is retried and when it is given up. Default: {@link RetryPolicy#defaults()}. */
    public BatcherBuilder<T> retry(RetryPolicy retry) {
        options.retry = Objects.requireNonNull(retry, "retry");
        return this;
    }

    /**
     * Limits how often the handler is called. While a call has to wait for its turn, no thread does. {@link Batcher#flush} skips the
     * retry delay, not the pace; {@link Batcher#close(Duration)} keeps the pace too, and ends at once when the next call would start
     * after its timeout. The limit applies to this batcher in this process: divide the target's limit by the number of instances.
     * Default: none.
     */
    public BatcherBuilder<T> pace(Pace pace) {
        options.pace = Objects.requireNonNull(pace, "pace");
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
        options.maxRetryAfter = Require.positive(maxRetryAfter, "maxRetryAfter");
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
        options.handlerTimeout = Require.positive(handlerTimeout, "handlerTimeout");
        return this;
    }

    /**
     * Limits the time in which {@link Batcher#close()} delivers the remaining items, and then the time in which it waits for
     * {@link #onDeadLetter}. Zero or more. Default: 10 s.
     */
    public BatcherBuilder<T> shutdownTimeout(Duration shutdownTimeout) {
        options.shutdownTimeout = Require.notNegative(shutdownTimeout, "shutdownTimeout");
        return this;
    }

    /** Sets whether interval ticks are on from the start. Default: true. */
    public BatcherBuilder<T> autoFlush(boolean autoFlush) {
        options.autoFlush = autoFlush;
        return this;
    }

    /**
     * Sets a callback that is called after each failed attempt, on the thread that delivers batches. Without it failures are logged: the
     * first, then once a minute, then the recovery.
     */
    public BatcherBuilder<T> onError(Consumer<? super BatchFailure<T>> onError) {
        options.onError = Objects.requireNonNull(onError, "onError");
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
        options.onDeadLetter = Objects.requireNonNull(onDeadLetter, "onDeadLetter");
        return this;
    }

    /**
     * Sets a callback that is called with each item that a DROP policy discarded, on the thread whose call discarded it. Without it drops
     * are logged by count, one line per burst.
     */
    public BatcherBuilder<T> onDrop(Consumer<? super T> onDrop) {
        options.onDrop = Objects.requireNonNull(onDrop, "onDrop");
        return this;
    }

    /**
     * Keeps the items in a store instead of in memory: what was accepted survives the process, and several processes may share it. Calls
     * that add return when the items are durable. Needs a {@link #codec}. The {@link #overflow} policy must be {@link Overflow#REJECT} or
     * {@link Overflow#BLOCK}; {@link #batchPerKey} cannot be set. Keys must be of type {@code String}, {@code Number}, {@code UUID} or an
     * enum. A store may serve many batchers. Default: none.
     */
    public BatcherBuilder<T> store(ItemStore store) {
        options.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * Sets how items are turned into the bytes that the {@link #store} keeps, and back. What it throws when it writes goes to the caller
     * that adds. Required with a store, and not valid without it.
     */
    public BatcherBuilder<T> codec(ItemCodec<T> codec) {
        options.codec = Objects.requireNonNull(codec, "codec");
        return this;
    }

    /**
     * Sets into how many partitions a {@link #store} divides the items by the hash of their key. A partition is delivered by one process
     * at a time, and processes that share the store share the partitions among them. From {@link #concurrency} to 32 767, more than 1
     * needs a {@link #key}. While items are stored, the number that they were stored with stays. Default: the concurrency.
     */
    public BatcherBuilder<T> partitions(int partitions) {
        options.partitions = StoreOptionRules.partitions(partitions);
        return this;
    }

    /**
     * Sets whether the handler and the record of what it handled are one transaction of the {@link #store}'s database: what the handler
     * changes there happens exactly once. {@link PartialBatchException} commits what was handled; any other exception rolls back. Needs a
     * synchronous handler and a store that runs transactions of the application. Each running batch holds a connection. Default: false.
     */
    public BatcherBuilder<T> transactional(boolean transactional) {
        options.transactional = transactional;
        return this;
    }

    /** Adds a listener. Listeners are called in the order in which they were added. */
    public BatcherBuilder<T> listener(BatcherListener listener) {
        options.listeners.add(Objects.requireNonNull(listener, "listener"));
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
        options.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /** Sets the scheduler of timers. Default: one daemon thread for the whole process. */
    public BatcherBuilder<T> scheduler(BatcherScheduler scheduler) {
        options.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        return this;
    }

    /**
     * Sets the scheduler of timers. A scheduler that keeps cancelled tasks until their time holds at most one such task of a batcher.
     */
    public BatcherBuilder<T> scheduler(ScheduledExecutorService scheduler) {
        return scheduler(new ExecutorScheduler(scheduler));
    }

    /** Sets the clock, for tests. Default: {@link BatcherClock#system()}. */
    public BatcherBuilder<T> clock(BatcherClock clock) {
        options.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Validates the options and returns a copy of them.
     *
     * @throws IllegalArgumentException if two options contradict each other; the message names both
     */
    public BatcherConfig<T> config() {
        return new BatcherConfig<>(options);
    }

    /**
     * Builds the batcher and starts it. With a {@link #store} this opens the store and begins to acquire partitions.
     *
     * @throws IllegalArgumentException if two options contradict each other; the message names both
     * @throws BatcherStoreException if the store cannot be reached or is in use by another process
     * @throws IllegalStateException if a batcher of this name is open in the store
     */
    public Batcher<T> build() {
        BatcherConfig<T> config = config();
        return config.store() == null ? new DefaultBatcher<>(config) : StoredBatcher.open(config);
    }
}
