/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.Batcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The items that one transaction adds to one batcher when it commits, in order. Used by one thread. */
final class ItemsAfterCommit<T> implements TransactionSynchronization {

    private final Batcher<T> batcher;
    private final List<T> items = new ArrayList<>();
    private final Map<Object, Integer> sizeAtSavepoint = new HashMap<>();

    private ItemsAfterCommit(Batcher<T> batcher) {
        this.batcher = batcher;
    }

    /** Returns that of the current transaction. */
    @SuppressWarnings("unchecked") // the same batcher has the same item type
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
        int size = sizeAtSavepoint.getOrDefault(savepoint, 0); // unknown: older than the first item
        items.subList(Math.min(size, items.size()), items.size()).clear();
    }

    @Override
    public void afterCommit() {
        deliver();
    }

    /** Delivers what was added while other code was told of the commit. */
    @Override
    public void afterCompletion(int status) {
        if (status == STATUS_COMMITTED) {
            deliver();
        }
    }

    /** Tries each item, so that one that is refused does not take the others with it. */
    private void deliver() {
        List<T> committed = List.copyOf(items);
        items.clear();
        @Nullable RuntimeException failure = null;
        for (T item : committed) {
            try {
                batcher.add(item);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
