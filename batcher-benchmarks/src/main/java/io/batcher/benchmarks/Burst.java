/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A burst: existing threads add a number of items together. It ends when the handler has seen all of them. The thread that finishes last
 * flushes. The measuring thread sleeps meanwhile.
 */
final class Burst {

    /** The handler: reads each item. Its calls do not overlap, so its counters are plain fields. */
    private final class Handler implements Consumer<List<Item>> {
        private int seen;
        private long sum;

        @Override
        public void accept(List<Item> batch) {
            for (Item item : batch) {
                sum += item.value();
            }
            seen += batch.size();
            if (seen == items) {
                done.release();
            }
        }
    }

    /** The handler for calls that may overlap: they share nothing but two counters, which each changes once. */
    private final class OverlappingHandler implements Consumer<List<Item>> {
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicLong sum = new AtomicLong();

        @Override
        public void accept(List<Item> batch) {
            long sumOfBatch = 0;
            for (Item item : batch) {
                sumOfBatch += item.value();
            }
            sum.addAndGet(sumOfBatch); // first: the call that completes the number reads it
            if (seen.addAndGet(batch.size()) == items) {
                handler.seen = items;
                handler.sum = sum.get();
                done.release();
            }
        }
    }

    /** Adds the share of one producer. */
    @FunctionalInterface
    interface Share {
        void add(int from, int count);
    }

    private final int items;
    private final long expectedSum;
    private final CyclicBarrier start;
    private final Semaphore done = new Semaphore(0);
    private final AtomicInteger adding = new AtomicInteger();
    private final Handler handler = new Handler();
    private final OverlappingHandler overlapping = new OverlappingHandler();
    private final int producers;
    private Runnable flush = () -> {};
    private volatile boolean ended;

    /** Prepares bursts of {@code items} items, a multiple of the number of producers. */
    Burst(int items, int producers) {
        this.items = items;
        this.expectedSum =
                IntStream.range(0, items).mapToLong(i -> Item.of(i).value()).sum();
        this.producers = producers;
        this.start = new CyclicBarrier(producers + 1, this::reset);
    }

    Consumer<List<Item>> handler() {
        return handler;
    }

    Consumer<List<Item>> handlerOfOverlappingCalls() {
        return overlapping;
    }

    /** Starts the producers. */
    void begin(ProducerThreads threads, Share share, Runnable flush) {
        this.flush = flush;
        int count = items / producers;
        for (int i = 0; i < producers; i++) {
            int from = i * count;
            threads.factory().newThread(() -> produce(share, from, count)).start();
        }
    }

    private void produce(Share share, int from, int count) {
        awaitOthers();
        while (!ended) {
            share.add(from, count);
            if (adding.decrementAndGet() == 0) {
                flush.run();
            }
            awaitOthers();
        }
    }

    /** Called when all have arrived: only then has the last producer finished the burst before. */
    private void reset() {
        handler.seen = 0;
        handler.sum = 0;
        overlapping.seen.set(0);
        overlapping.sum.set(0);
        adding.set(producers);
    }

    /** Runs one burst. Returns when the handler has seen all items. */
    long run() {
        awaitOthers();
        done.acquireUninterruptibly();
        if (handler.seen != items || handler.sum != expectedSum) {
            throw new IllegalStateException("the handler saw " + handler.seen + " items, and not the right ones");
        }
        return handler.sum;
    }

    /** Stops the producers. */
    void end() {
        ended = true;
        awaitOthers();
    }

    private void awaitOthers() {
        try {
            start.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
