/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ids that a lane holds, so that they are not read again. Where ids are commit order the highest one is enough, but for those of
 * a restored batch. Thread-safe.
 */
final class HandedOut {

    private final boolean commitOrder;
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();
    private volatile long last;

    HandedOut(boolean commitOrder) {
        this.commitOrder = commitOrder;
    }

    /** Adds those of a batch that was recorded before. */
    void restored(long[] restored) {
        for (long id : restored) {
            ids.add(id);
        }
    }

    void add(long[] added) {
        for (long id : added) {
            if (commitOrder) {
                last = Math.max(last, id);
            } else {
                ids.add(id);
            }
        }
    }

    /** Removes what has left the store. */
    void remove(long[] gone) {
        if (!ids.isEmpty()) {
            for (long id : gone) {
                ids.remove(id);
            }
        }
    }

    /** Returns the id behind which the next items stand; 0 where ids are not commit order. */
    long last() {
        return last;
    }

    boolean contains(long id) {
        return ids.contains(id);
    }

    long[] ids() {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }

    int size() {
        return ids.size();
    }
}
