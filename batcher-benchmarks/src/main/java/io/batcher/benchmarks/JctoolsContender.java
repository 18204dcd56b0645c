/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.MpscArrayQueue;

/**
 * The floor: a bounded queue for many producers and one consumer, and a thread that drains it into lists of the batch size. It has no
 * interval, no retry, no statistics, and loses items at close. Producers spin, then yield, while the queue is full. The thread spins,
 * yields, then sleeps briefly while it is empty.
 */
final class JctoolsContender implements Contender {

    private static final int SPINS = 100;
    private static final int YIELDS = 100;
    private static final long SLEEP_NANOS = 50_000;

    private final MpscArrayQueue<Item> queue;
    private final int batchSize;
    private final Consumer<List<Item>> handler;
    private final Worker worker = new Worker("drainer", this::drain);
    private ArrayList<Item> batch;
    private int idle;
    private volatile boolean flush;

    /** The capacity is rounded up to a power of two: 131 072 for 100 000. */
    JctoolsContender(Limits limits, Consumer<List<Item>> handler) {
        this.queue = new MpscArrayQueue<>(limits.capacity());
        this.batchSize = limits.batchSize();
        this.handler = handler;
        this.batch = new ArrayList<>(batchSize);
        worker.start();
    }

    @Override
    public void add(Item item) {
        for (int tries = 0; !queue.offer(item); tries++) {
            if (tries < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private void drain() {
        boolean flushing = flush;
        int drained = queue.drain(batch::add, batchSize - batch.size());
        if (batch.size() == batchSize || flushing && drained == 0 && !batch.isEmpty()) {
            List<Item> full = batch;
            batch = new ArrayList<>(batchSize);
            handler.accept(full);
        }
        if (drained > 0) {
            idle = 0;
        } else if (flushing) {
            flush = false;
        } else {
            idle();
        }
    }

    private void idle() {
        idle++;
        if (idle < SPINS) {
            Thread.onSpinWait();
        } else if (idle < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SLEEP_NANOS);
        }
    }

    @Override
    public void flush() {
        flush = true;
    }

    @Override
    public void close() {
        worker.end();
    }
}
