/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batcher;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStats;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Adds items by every method, numbered in the order of its calls, until there are enough or the batcher is closed. */
final class Producer {

    private final int index;
    private final int count;
    private final SplittableRandom random;
    private final Batcher<Item> batcher;
    private final Ledger ledger;
    private final Runnable afterRejection;
    private final List<Item> items;
    private boolean stopped;
    private volatile @Nullable Thread thread;

    /**
     * Creates a producer.
     *
     * @param afterRejection lets the handler make room; with virtual time there is nothing to wait for
     */
    Producer(int index, int count, long seed, Batcher<Item> batcher, Ledger ledger, Runnable afterRejection) {
        this.index = index;
        this.count = count;
        this.random = new SplittableRandom(seed * 1_000 + index);
        this.batcher = batcher;
        this.ledger = ledger;
        this.afterRejection = afterRejection;
        this.items = new ArrayList<>(count);
    }

    /** Every item that was passed to the batcher, accepted or not. */
    synchronized List<Item> items() {
        return items;
    }

    synchronized void stop() {
        stopped = true;
    }

    void interrupt() {
        Thread known = thread;
        if (known != null) {
            known.interrupt();
        }
    }

    void run() {
        thread = Thread.currentThread();
        boolean open = true;
        while (open) {
            open = callOnce();
            if (random.nextInt(32) == 0) {
                letTheHandlerKeepUp();
            }
            if (Thread.interrupted() && random.nextInt(8) == 0) {
                Thread.currentThread().interrupt(); // the next call runs on an interrupted thread
            }
        }
        thread = null;
        Thread.interrupted();
    }

    /** Usually waits for room; otherwise nearly everything would be rejected or dropped. */
    private void letTheHandlerKeepUp() {
        BatcherStats stats = batcher.stats();
        for (int i = 0; i < 50 && stats.depth() > stats.capacity() / 4 * 3; i++) {
            Thread.yield();
            stats = batcher.stats();
        }
    }

    /** Makes a call. Returns false if there are enough items. */
    synchronized boolean callOnce() {
        if (stopped || items.size() >= count) {
            return false;
        }
        int from = items.size();
        try {
            switch (random.nextInt(8)) {
                case 0 -> submit(next());
                case 1 -> offer(next());
                case 2 -> addMany(1 + random.nextInt(random.nextInt(10) == 0 ? 150 : 10));
                default -> batcher.add(next());
            }
            return true;
        } catch (BatcherFullException e) {
            reject(from, Item.Outcome.REJECTED);
            afterRejection.run();
            return true;
        } catch (BatcherClosedException e) {
            reject(from, Item.Outcome.TOO_LATE);
            return false;
        }
    }

    /** Only the future reports a rejection, see {@link Outcomes}. */
    private void submit(Item item) {
        item.future = batcher.submit(item);
        if (item.future.isCompletedExceptionally()) {
            afterRejection.run();
        }
    }

    private void offer(Item item) {
        if (!batcher.offer(item) && item.outcome.get() != Item.Outcome.DROPPED) {
            reject(items.size() - 1, Item.Outcome.REJECTED);
        }
    }

    private void addMany(int some) {
        List<Item> many = new ArrayList<>();
        for (int i = 0; i < some; i++) {
            many.add(next());
        }
        batcher.addMany(many);
    }

    private Item next() {
        Item item = new Item(index, items.size());
        items.add(item);
        return item;
    }

    private void reject(int from, Item.Outcome outcome) {
        for (Item item : items.subList(from, items.size())) {
            ledger.settle(item, outcome);
        }
    }
}
