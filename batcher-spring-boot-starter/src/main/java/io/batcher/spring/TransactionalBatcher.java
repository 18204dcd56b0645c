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
 * Adds items when the transaction of the calling thread has committed: what is rolled back never reaches the handler. Without
 * a transaction, items are added at once.
 *
 * <pre>{@code
 * @Transactional
 * public void received(Reading reading) {
 *     database.sql("insert into received (sensor) values (?)").param(reading.sensor()).update();
 *     TransactionalBatcher.addAfterCommit(readings, reading);
 * }
 * }</pre>
 *
 * <p>From the commit until the items are delivered they are in memory only: a crash loses them, as it does any item. What
 * {@link Batcher#add} throws, for a full buffer say, comes after the commit. Transactions of reactive code are not seen.
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
     * @throws NullPointerException if the item is null, at once
     */
    public static <T> void addAfterCommit(Batcher<T> batcher, T item) {
        Objects.requireNonNull(item, "item");
        addAll(batcher, List.of(item));
    }

    /**
     * Adds items after the commit, one by one in iteration order. The collection is copied at once.
     *
     * @throws NullPointerException if an item is null, at once
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
