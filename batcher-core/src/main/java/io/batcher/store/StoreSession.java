/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store as one batcher sees it. Thread-safe. Calls block while the store works, at most for its timeout, and throw
 * {@link io.batcher.BatcherStoreException} if it fails.
 */
public interface StoreSession extends AutoCloseable {

    /** Returns how many partitions the batcher has. What is stored wins over what the context wished for, while items are stored. */
    int partitions();

    /** Returns whether other processes may serve the same batcher, so that counts include what they add and handle. */
    boolean isShared();

    /** Returns the most items of a batch that {@link Partition#begin} records. A batcher with a larger maximum is refused. */
    default int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    /**
     * Begins to acquire partitions. The listener may be called before this returns.
     *
     * <p>A partition that was acquired stays owned while the process lives and reaches the store, until it is revoked or released.
     */
    void start();

    /** Stops acquiring and revokes what is owned, so that other processes take over. Appends go on. Repeatable. */
    void suspend();

    /** Acquires partitions again after {@link #suspend}, also those that were released for a lease. Repeatable. */
    void resume();

    /**
     * Stores items, all or none, over all partitions, and returns when they are durable. Items of one call keep their order; what an
     * earlier call stored stands in front of them. Never joins a transaction.
     *
     * @return the positions of the items, in their order
     * @throws IllegalArgumentException if an item is larger than the store takes, before anything is stored
     */
    List<Position> append(List<NewItem> items);

    /**
     * Returns the transaction that the calling thread is in, if appends can join it: its resource is the one of this store. Empty
     * otherwise, also if the store joins none.
     *
     * @throws io.batcher.BatcherStoreException if that transaction is read-only
     */
    Optional<StoreTransaction> currentTransaction();

    /**
     * Runs an action in a new transaction of the application, on this thread. Commits when it returns; rolls back when it throws, and
     * throws that. Only if {@link ItemStore#isTransactional}.
     *
     * @throws io.batcher.BatcherStoreException if the transaction cannot begin or commit; {@code outcomeUnknown} if the answer to the
     *     commit was lost
     */
    default void inTransaction(TransactionBody body) throws Exception {
        throw new UnsupportedOperationException("this store runs no transactions of the application");
    }

    /** What {@link #inTransaction} runs. */
    @FunctionalInterface
    interface TransactionBody {
        /** Called once, in the transaction. */
        void run(StoreTransaction transaction) throws Exception;
    }

    /** Returns what has become of appended items, for {@code submit} in the process that added them. */
    Map<Position, ItemState> states(Collection<Position> positions);

    /** Returns a mark behind what is stored now, for {@code flush}. */
    StoreMark mark();

    /** Returns how much is stored, in all partitions. A shared store may answer with the object of an earlier count, to bound what counting costs. */
    StoreCount count();

    /** Returns the dead letters; empty if the store only writes them, as to a topic. */
    Optional<DeadLetters> deadLetters();

    /**
     * Leaves the store and gives back each owned partition that was not released yet. The store closes with its last session. Later
     * calls throw an {@link IllegalStateException} or a {@link io.batcher.BatcherStoreException}, and change nothing. Repeatable.
     */
    @Override
    void close();
}
