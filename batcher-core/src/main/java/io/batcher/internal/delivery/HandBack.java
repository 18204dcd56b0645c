/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.List;
import java.util.PriorityQueue;

/** What close hands back as one list, in the order in which the items were accepted. No memory per item but for the list. */
public final class HandBack {

    private HandBack() {}

    /** A place in a batch: parts of one batch may lie between each other. */
    private static final class Cursor<T> implements Comparable<Cursor<T>> {
        private final FrozenBatch<T> delivery;
        private final Object[] items;
        private int next;

        private Cursor(FrozenBatch<T> delivery) {
            this.delivery = delivery;
            this.items = delivery.items().array();
        }

        private boolean hasNext() {
            return next < delivery.size();
        }

        private long sequence() {
            return delivery.sequence(next);
        }

        /** Copies the items that come before this sequence number. Returns the index behind them. */
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
    public static <T> List<T> inOrder(List<FrozenBatch<T>> deliveries) {
        PriorityQueue<Cursor<T>> cursors = new PriorityQueue<>();
        int size = 0;
        for (FrozenBatch<T> delivery : deliveries) {
            cursors.add(new Cursor<>(delivery));
            size += delivery.size();
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
