/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * Collects items one at a time and hands them to ONE handler in ordered batches.
 *
 * <ul>
 *   <li><b>Order.</b> If one add happens before another, its item is delivered first, also across retries.
 *   <li><b>One at a time.</b> Handler calls never overlap, synchronous or asynchronous.
 *   <li><b>Nothing is cleared early.</b> A batch leaves memory only after the handler succeeded, or its items were
 *       dead-lettered, dropped by a policy that the user chose, or handed back by {@link #close(Duration)}.
 *   <li><b>On time.</b> No item waits longer than the interval for its first attempt while the handler is free and no failed
 *       batch is ahead of it; a full batch goes at once.
 *   <li><b>Bounded.</b> Never more than {@link BatcherBuilder#capacity capacity} items in memory.
 * </ul>
 *
 * <pre>{@code
 * Batcher<Reading> readings = Batcher.<Reading>builder("readings")
 *         .handler(batch -> cloud.post(batch))
 *         .build();
 * readings.add(reading);
 * }</pre>
 *
 * <p>Thread-safe: every method may be called from any number of threads. From inside a handler or a callback every method but
 * {@code close} may be called and none of them waits; do not join a future of the batcher there: it can complete only after
 * the handler has returned.
 *
 * <p>Not meant to be implemented outside this library: methods may be added.
 *
 * @param <T> the item type; the engine never calls a method of an item
 */
public interface Batcher<T> extends AutoCloseable {

    /**
     * Starts the configuration of a batcher.
     *
     * @param name what logs, metrics and errors call it: {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}, at most 64 characters
     * @throws IllegalArgumentException if the name breaks that rule
     */
    static <T> BatcherBuilder<T> builder(String name) {
        return new BatcherBuilder<>(name);
    }

    /** Returns the name given to {@link #builder(String)}. */
    String name();

    /**
     * Adds one item. Never waits, unless the buffer is full and the policy is {@link Overflow#BLOCK}.
     *
     * @throws NullPointerException if the item is null
     * @throws BatcherFullException if the buffer is full and the policy refuses the item
     * @throws BatcherClosedException if the batcher is closed
     */
    void add(T item);

    /**
     * Adds all items or none of them, in iteration order and contiguous: no other item comes between. More items than a batch
     * may hold become consecutive batches. The collection is copied once, before anything is added.
     *
     * @throws NullPointerException if the collection or one of its items is null; the message names the index
     * @throws IllegalArgumentException if there are more items than {@link BatcherBuilder#capacity capacity}
     * @throws BatcherFullException if they do not fit and the policy refuses them
     * @throws BatcherClosedException if the batcher is closed
     */
    void addMany(Collection<? extends T> items);

    /**
     * Adds one item if that needs no waiting. A DROP policy applies as for {@link #add}.
     *
     * @return whether the item is in the batcher now; false if the buffer is full or the item itself was dropped
     * @throws NullPointerException if the item is null
     * @throws BatcherClosedException if the batcher is closed
     */
    boolean offer(T item);

    /**
     * Adds one item and tells its fate. The future completes when the item was handled. It fails with the handler's error when
     * the item was given up, with {@link BatcherFullException} when it was refused or dropped, and with
     * {@link BatcherClosedException} when the batcher is closed or handed the item back. Cancelling the future does not
     * withdraw the item.
     *
     * <p>The future's dependents run on the thread that delivers batches unless they are attached with an executor of their
     * own: keep them short.
     *
     * @throws NullPointerException if the item is null
     */
    CompletableFuture<Void> submit(T item);

    /**
     * Registers the handler, where the builder was given none. What was added before waits for it.
     *
     * @throws IllegalStateException if there is a handler already
     * @throws BatcherClosedException if the batcher is closed
     */
    void registerHandler(BatchConsumer<? super T> handler);

    /**
     * Registers an asynchronous handler, where the builder was given none. What was added before waits for it.
     *
     * @throws IllegalStateException if there is a handler already
     * @throws BatcherClosedException if the batcher is closed
     */
    void registerAsyncHandler(AsyncBatchConsumer<? super T> handler);

    /**
     * Delivers every item that was accepted before this call, without waiting for the interval or for a retry delay.
     *
     * <p>The future completes when those items are settled. It fails with the cause of the first failed attempt that began
     * after this call; the items stay and are tried again as the retry policy says. A retry made early by a flush does not
     * count towards {@link RetryPolicy#maxAttempts}, and the retry that was due is still made at its time. While the batcher is
     * paused the future waits for {@link #resume} or {@code close}. It fails with {@link IllegalStateException} when there is no
     * handler, and with {@link BatcherClosedException} after close.
     *
     * <p>Called from a callback, or from a dependent of a future that the batcher completes, it does not skip the retry delay:
     * the future completes or fails with the attempt that follows the delay. Called from the handler, it skips the delay unless
     * that attempt was itself made early by a flush.
     */
    CompletableFuture<Void> flush();

    /**
     * Flushes, and from now on delivers every later item at once, until {@link #startAutoFlush()}.
     *
     * @return the future of that flush, as {@link #flush()} describes it
     */
    CompletableFuture<Void> drain();

    /** Starts the interval ticks, and ends what {@link #drain()} began. Does nothing after close. */
    void startAutoFlush();

    /** Stops the interval ticks. Size, weight, eager, retries and {@link #flush()} go on. Does nothing after close. */
    void stopAutoFlush();

    /** Lets delivery rest: no new attempt begins. Intake stays open, up to the capacity. Does nothing after close. */
    void pause();

    /** Ends a {@link #pause()}. Does nothing after close. */
    void resume();

    /** Returns a consistent snapshot of the counters and the state. */
    BatcherStats stats();

    /**
     * Returns whether the handler or callback that runs now waits for the calling thread, as far as that can be told, so that waiting for
     * this batcher would not end, or with a timeout only: the calling thread is inside of it; the thread was started by it, and the call
     * is blocked or has left its batch to a stage; or the call is inside {@code System.exit}, which waits for the shutdown hooks.
     */
    default boolean awaitsCaller() {
        return false;
    }

    /**
     * Closes the batcher for good: refuses new items, gives each batch that is left one last attempt, without delay and even
     * when paused, and hands back what could not be delivered. The first failure ends the delivery. Waits at most
     * {@code timeout}, also when the thread is interrupted (the flag is kept); a batch that is with the handler then is handed
     * back too, its outcome unknown. Items that {@link BatcherBuilder#onDeadLetter onDeadLetter} is handling then are not handed
     * back: they stay in {@link BatcherStats#depth} until it returns, and are logged by count if it throws. The handler never
     * runs on the calling thread.
     *
     * <p>Called from a thread that the handler or a callback has started and waits for ({@link #awaitsCaller}), it does not wait for that
     * call: what is behind it is delivered on another thread, and the outcome of the call counts when it returns. The batch of that
     * call is not handed back; if it fails after the end of {@code close}, it goes to {@link BatcherBuilder#onDeadLetter onDeadLetter}, or
     * is logged by count. Where the call is inside {@code System.exit} its batch is handed back, its outcome unknown.
     *
     * <p>May be called twice and from several threads: items are handed back once. If it throws an {@link OutOfMemoryError}, no
     * item is lost: the next call hands them back. To stop for a while only, use {@link #drain()} and later
     * {@link #startAutoFlush()}.
     *
     * @param timeout zero or more
     * @return what was not delivered, in order
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if called from inside the handler or a callback of this batcher
     */
    CloseResult<T> close(Duration timeout);

    /**
     * Closes with the configured {@link BatcherBuilder#shutdownTimeout shutdown timeout}. What is left goes to
     * {@link BatcherBuilder#onDeadLetter onDeadLetter}, in letters of at most a batch, each offered once; without one it is
     * logged by count. The callback never runs on the calling thread. Waits for it as long again as the timeout at most; then it
     * goes on in the background, with a warning in the log.
     *
     * @throws IllegalStateException if called from inside the handler or a callback of this batcher
     */
    @Override
    void close();
}
