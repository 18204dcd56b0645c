/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Merges what close hands back into one list. Allocates nothing per item but the list. */
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

    /** Merges batches in the order of acceptance within each origin; one origin after the other. */
    @SuppressWarnings("unchecked")
    public static <T> List<T> inOrder(List<FrozenBatch<T>> batches) {
        Map<Origin, PriorityQueue<Cursor<T>>> byOrigin = new LinkedHashMap<>();
        int size = 0;
        for (FrozenBatch<T> batch : batches) {
            byOrigin.computeIfAbsent(batch.origin(), origin -> new PriorityQueue<>())
                    .add(new Cursor<>(batch));
            size += batch.size();
        }
        Object[] items = new Object[size];
        int at = 0;
        for (PriorityQueue<Cursor<T>> cursors : byOrigin.values()) {
            at = merge(cursors, items, at);
        }
        return (List<T>) List.of(items);
    }

    private static <T> int merge(PriorityQueue<Cursor<T>> cursors, Object[] items, int from) {
        int at = from;
        for (Cursor<T> first = cursors.poll(); first != null; first = cursors.poll()) {
            Cursor<T> second = cursors.peek();
            at = first.copyUntil(second == null ? Long.MAX_VALUE : second.sequence(), items, at);
            if (first.hasNext()) {
                cursors.add(first);
            }
        }
        return at;
    }
}
