/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.store.DeadLetters;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Collects items one at a time and delivers them to one handler in ordered batches.
 *
 * <pre>{@code
 * Batcher<Reading> readings = Batcher.<Reading>builder("readings")
 *         .handler(batch -> cloud.post(batch))
 *         .build();
 * readings.add(reading);
 * }</pre>
 *
 * <p>Guarantees, described in full in the guide (docs/guarantees.md):
 *
 * <ul>
 *   <li><b>Order.</b> If one add happens before another, its item is delivered first, also across retries.
 *   <li><b>One at a time.</b> Handler calls never overlap, synchronous or asynchronous.
 *   <li><b>Nothing is lost silently.</b> An item leaves memory only after the handler succeeded, or after it was dead-lettered, dropped by
 *       a DROP policy, or handed back by {@link #close(Duration)}.
 *   <li><b>On time.</b> An item waits at most the interval for its first attempt while the handler is free and no failed batch is ahead of
 *       it. A full batch is delivered at once.
 *   <li><b>Bounded.</b> At most {@link BatcherBuilder#capacity capacity} items are in memory.
 * </ul>
 *
 * <p>Five methods switch delivery; items are accepted in every case, up to the capacity. The table shows what still causes a delivery:
 *
 * <table>
 *   <caption>Delivery after each switch</caption>
 *   <thead>
 *     <tr><th>after<th>interval<th>size, weight, eager<th>retries<th>{@link #flush()}
 *   </thead>
 *   <tbody>
 *     <tr><td>{@link #pause()}<td>no<td>no<td>no<td>when resumed
 *     <tr><td>{@link #resume()}<td>as before the pause<td>yes<td>yes<td>yes
 *     <tr><td>{@link #drain()}<td>not needed<td>every item at once<td>yes<td>yes
 *     <tr><td>{@link #startAutoFlush()}<td>yes<td>yes<td>yes<td>yes
 *     <tr><td>{@link #stopAutoFlush()}<td>no<td>yes<td>yes<td>yes
 *   </tbody>
 * </table>
 *
 * <p>With a {@linkplain BatcherBuilder#store store}:
 *
 * <ul>
 *   <li>Calls that add return when the items are durable, and throw {@link BatcherStoreException} if the store fails; {@code submit} fails its
 *       future. Under {@link Overflow#BLOCK} they wait up to {@code maxBlock} for a store that is down. Key, size and codec are checked before
 *       anything is stored. In a transaction that the store takes part in they happen with its commit and never wait; a future of
 *       {@code submit} that is joined there never completes.
 *   <li>Items leave the store when their outcome is recorded, with their success or as dead letters. {@code onDeadLetter} is told afterwards,
 *       once.
 *   <li>{@code flush} completes when everything that was stored before the call is settled, whichever process does it.
 *   <li>{@code pause} gives the partitions of this process to others; {@code drain} is a matter of this process.
 *   <li>{@code close} finishes and records what is with the handler and gives the partitions back. Everything else stays stored: nothing is
 *       handed back. It may take as long as a call of the store longer than its timeout.
 * </ul>
 *
 * <p>Thread-safe. Inside a handler or a callback every method except {@code close} may be called, and none blocks. Do not join a future
 * of the batcher there: it can complete only after the handler has returned.
 *
 * <p>Not meant to be implemented outside this library: methods may be added.
 *
 * @param <T> the item type; the engine calls no method of an item
 */
public interface Batcher<T> extends AutoCloseable {

    /**
     * Returns a builder for a batcher.
     *
     * @param name identifies the batcher in logs, metrics and errors: {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}, at most 64 characters
     * @throws IllegalArgumentException if the name does not follow that rule
     */
    static <T> BatcherBuilder<T> builder(String name) {
        return new BatcherBuilder<>(name);
    }

    /** Returns the name given to {@link #builder(String)}. */
    String name();

    /**
     * Adds an item. Blocks only if the buffer is full and the policy is {@link Overflow#BLOCK}.
     *
     * @throws NullPointerException if the item is null
     * @throws BatcherFullException if the buffer is full and the policy rejects the item
     * @throws BatcherStoreException if the items are in a store and it fails
     * @throws BatcherClosedException if the batcher is closed
     */
    void add(T item);

    /**
     * Adds all items or none, in iteration order and contiguous: no other item comes between them. More items than a batch may hold
     * become consecutive batches. The collection is copied before anything is added.
     *
     * @throws NullPointerException if the collection or one of its items is null; the message names the index
     * @throws IllegalArgumentException if there are more items than {@link BatcherBuilder#capacity capacity}
     * @throws BatcherFullException if the items do not fit and the policy rejects them
     * @throws BatcherClosedException if the batcher is closed
     */
    void addMany(Collection<? extends T> items);

    /**
     * Adds an item if that is possible without blocking. A DROP policy applies as for {@link #add}.
     *
     * @return true if the item was added; false if the buffer is full or the item itself was dropped
     * @throws NullPointerException if the item is null
     * @throws BatcherClosedException if the batcher is closed
     */
    boolean offer(T item);

    /**
     * Adds an item and returns a future that completes when the item has been handled. The future fails with the handler's error if the
     * item was given up, with {@link BatcherFullException} if it was rejected or dropped, and with {@link BatcherClosedException} if the
     * batcher is closed or handed the item back. Cancelling the future does not remove the item.
     *
     * <p>Dependents of the future run on the thread that delivers batches unless they have an executor of their own. Keep them short.
     *
     * @throws NullPointerException if the item is null
     */
    CompletableFuture<Void> submit(T item);

    /**
     * Registers the handler if the builder was given none. Items added before wait for it.
     *
     * @throws IllegalStateException if the batcher has a handler
     * @throws BatcherClosedException if the batcher is closed
     */
    void registerHandler(BatchConsumer<? super T> handler);

    /**
     * Registers an asynchronous handler if the builder was given none. Items added before wait for it.
     *
     * @throws IllegalStateException if the batcher has a handler
     * @throws BatcherClosedException if the batcher is closed
     */
    void registerAsyncHandler(AsyncBatchConsumer<? super T> handler);

    /**
     * Delivers every item that was accepted before this call, without waiting for the interval or for a retry delay.
     *
     * <p>The future completes when those items are settled. It fails with the cause of the first failed attempt that began after this
     * call; the items are kept and retried as the retry policy says. A retry that a flush makes early does not count towards
     * {@link RetryPolicy#maxAttempts}, and the scheduled retry is still made at its time. While the batcher is paused the future waits for
     * {@link #resume} or {@code close}. It fails with {@link IllegalStateException} if there is no handler, and with
     * {@link BatcherClosedException} after close.
     *
     * <p>The {@linkplain BatcherBuilder#pace(Pace) pace} still applies. While the batcher rests after a {@link RetryAfterException}, and
     * for flushes that are pending when it begins to, the future fails with that exception; the items are kept.
     *
     * <p>A flush from a callback, or from a dependent of a future that the batcher completes, does not skip the retry delay: its future
     * completes or fails with the attempt after the delay. A flush from the handler skips the delay unless a flush made that attempt
     * early.
     */
    CompletableFuture<Void> flush();

    /**
     * Flushes, and delivers every later item at once until {@link #startAutoFlush()} is called.
     *
     * @return the future of the flush, as {@link #flush()} describes it
     */
    CompletableFuture<Void> drain();

    /** Starts interval ticks and ends {@link #drain()}. Has no effect after close. */
    void startAutoFlush();

    /** Stops interval ticks. Size, weight, eager, retries and {@link #flush()} still deliver. Has no effect after close. */
    void stopAutoFlush();

    /**
     * Pauses delivery: no new attempt begins. A running attempt ends normally. Items are accepted up to the capacity. Has no effect after
     * close.
     */
    void pause();

    /** Resumes delivery after {@link #pause()}. Has no effect after close. */
    void resume();

    /** Returns a consistent snapshot of the counters and the state. */
    BatcherStats stats();

    /**
     * Returns the dead letters that the {@linkplain BatcherBuilder#store store} keeps; empty without a store, or if it only writes them. Not
     * after close.
     */
    default Optional<DeadLetters> deadLetters() {
        return Optional.empty();
    }

    /**
     * Delivers dead letters of the store again: reads them, asks for their keys again, and appends them behind all other items, in one
     * transaction. Letters that do not exist any more, or that the codec refuses, are left where they are.
     *
     * @param ids of {@link DeadLetters.Letter}
     * @return how many are delivered again
     * @throws BatcherStoreException if the store fails
     * @throws IllegalStateException if there is no store, or it does not keep dead letters
     */
    default int redrive(Collection<Long> ids) {
        throw new IllegalStateException("batcher \"" + name() + "\" keeps no dead letters; only some stores do");
    }

    /**
     * Returns whether the running handler or callback waits for the calling thread, as far as can be detected. If so, waiting for this
     * batcher would never end, or end only with a timeout. True if
     *
     * <ul>
     *   <li>the calling thread is inside the call;
     *   <li>the call has started the calling thread, and is blocked or has left its batch to a stage;
     *   <li>the call is inside {@code System.exit}, which waits for the shutdown hooks.
     * </ul>
     */
    default boolean awaitsCaller() {
        return false;
    }

    /**
     * Closes the batcher for good. Rejects new items, gives each remaining batch one last attempt, without delay and even if delivery is
     * paused, and hands back what could not be delivered. The first failure ends the delivery. The handler never runs on the calling
     * thread.
     *
     * <p>Blocks for at most {@code timeout}, also if the thread is interrupted; the interrupt flag is kept. A batch that is with the
     * handler at the timeout is handed back, its outcome unknown. Items that {@link BatcherBuilder#onDeadLetter onDeadLetter} is handling
     * at the timeout are not handed back: they are part of {@link BatcherStats#depth} until it returns, and are logged by count if it
     * throws.
     *
     * <p>The {@linkplain BatcherBuilder#pace(Pace) pace} and a rest after a {@link RetryAfterException} still apply. If the next call of
     * the handler would start after the timeout, close ends immediately.
     *
     * <p>If the handler or a callback started the calling thread and waits for it ({@link #awaitsCaller}), close does not wait for that
     * call. Items behind it are delivered on another thread, and its outcome counts when it returns. Its batch is not handed back; if it
     * fails after {@code close} has ended, the batch goes to {@link BatcherBuilder#onDeadLetter onDeadLetter}, or is logged by count. If
     * the call is inside {@code System.exit}, its batch is handed back, its outcome unknown.
     *
     * <p>May be called more than once and from several threads: items are handed back once. After an {@link OutOfMemoryError} no item is
     * lost: the next call hands them back. To stop temporarily, use {@link #drain()} and later {@link #startAutoFlush()}.
     *
     * @param timeout zero or more
     * @return the items that were not delivered, in order
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if called from inside the handler or a callback of this batcher
     */
    CloseResult<T> close(Duration timeout);

    /**
     * Closes with the configured {@link BatcherBuilder#shutdownTimeout shutdown timeout}. Remaining items go to
     * {@link BatcherBuilder#onDeadLetter onDeadLetter}, at most a batch per call, each offered once; without that callback they are logged
     * by count. The callback never runs on the calling thread. Blocks for at most the timeout again until the callback has returned; after
     * that the callback continues in the background, and a warning is logged.
     *
     * @throws IllegalStateException if called from inside the handler or a callback of this batcher
     */
    @Override
    void close();
}
