/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that add items for a while, each as fast as its calls return. */
record Adders(int threads, int itemsPerCall) {

    private static final int COUNT = 1_024;
    private static final int SIZE = 100;
    private static final List<byte[]> ITEMS = new ArrayList<>();

    static {
        for (int i = 0; i < COUNT; i++) {
            byte[] item = new byte[SIZE];
            for (int j = 0; j < SIZE; j++) {
                item[j] = (byte) ('a' + (i * 31 + j * 7) % 26);
            }
            item[0] = (byte) (i % 64); // the key
            ITEMS.add(item);
        }
    }

    /** Returns an item of 100 bytes. */
    static byte[] item(long number) {
        return ITEMS.get((int) (number & (COUNT - 1)));
    }

    static List<byte[]> items(int count) {
        List<byte[]> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(item(i));
        }
        return items;
    }

    /**
     * Adds for a time, at most so many items. Returns how many.
     *
     * @param most a bound for contenders that are slow
     */
    long run(StoreContender contender, long millis, long most) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        AtomicLong begun = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(pool.submit(() -> add(contender, begun, end, most)));
            }
            long added = 0;
            for (Future<Long> result : results) {
                added += result.get();
            }
            return added;
        } finally {
            pool.shutdownNow();
        }
    }

    private long add(StoreContender contender, AtomicLong begun, long end, long most) throws Exception {
        List<byte[]> call = items(itemsPerCall);
        long added = 0;
        while (System.nanoTime() < end) {
            long number = begun.getAndAdd(itemsPerCall);
            if (number >= most) {
                break;
            }
            if (itemsPerCall == 1) {
                contender.add(item(number));
            } else {
                contender.addAll(call);
            }
            added += itemsPerCall;
        }
        return added;
    }
}
