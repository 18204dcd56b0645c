/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.List;
import java.util.PriorityQueue;

/** Merges what close hands back into one list, in the order of acceptance. Allocates nothing per item but the list. */
public final class HandBack {

    private HandBack() {}

    /** A position in a batch. Parts of one batch may interleave. */
    private static final class Cursor<T> implements Comparable<Cursor<T>> {
        private final FrozenBatch<T> batch;
        private final Object[] items;
        private int next;

        private Cursor(FrozenBatch<T> batch) {
            this.batch = batch;
            this.items = batch.items().array();
        }

        private boolean hasNext() {
            return next < batch.size();
        }

        private long sequence() {
            return batch.sequence(next);
        }

        /** Copies the items before this sequence number. Returns the index behind them. */
        private int copyUntil(long sequence, Object[] to, int at) {
            int end = at;
            while (hasNext() && sequence() < sequence) {
                to[end++] = items[next++];
            }
            return end;
        }

        @Override
        public int compareTo(Cursor<T> other) {
            return Long.compare(sequence(), other.sequence());
        }
    }

    @SuppressWarnings("unchecked")
    public static <T> List<T> inOrder(List<FrozenBatch<T>> batches) {
        PriorityQueue<Cursor<T>> cursors = new PriorityQueue<>();
        int size = 0;
        for (FrozenBatch<T> batch : batches) {
            cursors.add(new Cursor<>(batch));
            size += batch.size();
        }
        Object[] items = new Object[size];
        int at = 0;
        for (Cursor<T> first = cursors.poll(); first != null; first = cursors.poll()) {
            Cursor<T> second = cursors.peek();
            at = first.copyUntil(second == null ? Long.MAX_VALUE : second.sequence(), items, at);
            if (first.hasNext()) {
                cursors.add(first);
            }
        }
        return (List<T>) List.of(items);
    }
}
