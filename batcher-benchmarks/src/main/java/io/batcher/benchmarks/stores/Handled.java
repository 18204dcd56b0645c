/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The handler of every contender: counts. */
final class Handled {

    private final AtomicLong count = new AtomicLong();
    private volatile long wanted = Long.MAX_VALUE;

    /** When the last item was handled, by {@code System.nanoTime}. */
    private volatile long lastAt;

    void add(int items) {
        if (count.addAndGet(items) >= wanted) {
            synchronized (this) {
                lastAt = System.nanoTime();
                notifyAll();
            }
        }
    }

    long count() {
        return count.get();
    }

    /** Waits until so many are handled. Returns when that was, by {@code System.nanoTime}. */
    synchronized long await(long items) throws InterruptedException {
        lastAt = System.nanoTime();
        wanted = items;
        long end = lastAt + TimeUnit.MINUTES.toNanos(2);
        while (count.get() < items) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException("handled " + count + " of " + items);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return lastAt;
    }
}
