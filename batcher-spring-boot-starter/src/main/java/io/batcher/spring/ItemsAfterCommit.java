/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import io.batcher.BatcherException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The items that a transaction adds to a batcher after its commit, in order. Not thread-safe. */
final class ItemsAfterCommit<T> implements TransactionSynchronization {

    private static final Log logger = LogFactory.getLog(ItemsAfterCommit.class);

    private final Batcher<T> batcher;
    private final List<T> items = new ArrayList<>();
    private final Map<Object, Integer> sizeAtSavepoint = new HashMap<>();

    private ItemsAfterCommit(Batcher<T> batcher) {
        this.batcher = batcher;
    }

    /** Returns the instance of the current transaction and the batcher. */
    @SuppressWarnings("unchecked") // one batcher has one item type
    static <T> ItemsAfterCommit<T> of(Batcher<T> batcher) {
        for (TransactionSynchronization other : TransactionSynchronizationManager.getSynchronizations()) {
            if (other instanceof ItemsAfterCommit<?> found && found.batcher == batcher) {
                return (ItemsAfterCommit<T>) found;
            }
        }
        ItemsAfterCommit<T> added = new ItemsAfterCommit<>(batcher);
        TransactionSynchronizationManager.registerSynchronization(added);
        return added;
    }

    void addAll(List<T> more) {
        items.addAll(more);
    }

    @Override
    public void savepoint(Object savepoint) {
        sizeAtSavepoint.put(savepoint, items.size());
    }

    @Override
    public void savepointRollback(Object savepoint) {
        int size = sizeAtSavepoint.getOrDefault(savepoint, 0); // unknown savepoints are older than the first item
        items.subList(Math.min(size, items.size()), items.size()).clear();
    }

    @Override
    public void afterCommit() {
        deliver();
    }

    /** Adds the items that other synchronizations contributed in their {@code afterCommit}. */
    @Override
    public void afterCompletion(int status) {
        if (status == STATUS_COMMITTED) {
            deliver();
        }
    }

    /** Adds each item, so that one that is rejected does not keep the others out. Throws the first failure. */
    private void deliver() {
        List<T> committed = List.copyOf(items);
        items.clear();
        @Nullable RuntimeException first = null;
        for (T item : committed) {
            try {
                batcher.add(item);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    report(e, first);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Attaches a failure to the one that is thrown, or logs it: an exception of a user's weigher is not changed. */
    private void report(RuntimeException failure, RuntimeException first) {
        if (first instanceof BatcherException) {
            first.addSuppressed(failure);
        } else {
            logger.warn("Batcher \"" + batcher.name() + "\" rejected another item after the commit", failure);
        }
    }
}
