/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Adds items after the transaction of the calling thread has committed. Items of a transaction that is rolled back never reach
 * the handler. Without a transaction, items are added immediately.
 *
 * <pre>{@code
 * @Transactional
 * public void received(Reading reading) {
 *     database.sql("insert into received (sensor) values (?)").param(reading.sensor()).update();
 *     TransactionalBatcher.addAfterCommit(readings, reading);
 * }
 * }</pre>
 *
 * <p>A crash between the commit and the add loses the items, and so does one before their delivery if the batcher has no store. With
 * {@code store: jdbc} a plain {@link Batcher#add} is a part of the transaction itself. Exceptions of {@link Batcher#add}, such as
 * {@link io.batcher.BatcherFullException}, are thrown after the commit. Reactive transactions are not supported.
 *
 * <p>Thread-safe.
 */
public final class TransactionalBatcher {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            TransactionalBatcher.class.getClassLoader());

    private TransactionalBatcher() {}

    /**
     * Adds one item after the commit.
     *
     * @throws NullPointerException immediately, if the item is null
     */
    public static <T> void addAfterCommit(Batcher<T> batcher, T item) {
        Objects.requireNonNull(item, "item");
        addAll(batcher, List.of(item));
    }

    /**
     * Adds items after the commit, one by one in iteration order. Copies the collection immediately.
     *
     * @throws NullPointerException immediately, if an item is null
     */
    public static <T> void addManyAfterCommit(Batcher<T> batcher, Collection<? extends T> items) {
        addAll(batcher, List.copyOf(items));
    }

    private static <T> void addAll(Batcher<T> batcher, List<T> items) {
        if (TRANSACTIONS && isInTransaction()) {
            ItemsAfterCommit.of(batcher).addAll(items);
        } else {
            items.forEach(batcher::add);
        }
    }

    private static boolean isInTransaction() {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.isActualTransactionActive();
    }
}
