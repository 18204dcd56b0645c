/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A hand-written batcher: a list under a monitor, moved to the thread that calls the handler when it is full, when the interval has
 * elapsed, or on flush.
 */
final class SynchronizedListContender implements Contender {

    private final Limits limits;
    private final Consumer<List<Item>> handler;
    private final Worker worker = new Worker("drainer", this::drain);
    private final Object lock = new Object();
    private final ArrayDeque<List<Item>> ready = new ArrayDeque<>();
    private List<Item> open = new ArrayList<>();
    private int size;

    SynchronizedListContender(Limits limits, Consumer<List<Item>> handler) {
        this.limits = limits;
        this.handler = handler;
        worker.start();
    }

    @Override
    public void add(Item item) {
        synchronized (lock) {
            try {
                while (size == limits.capacity()) {
                    lock.wait();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            open.add(item);
            size++;
            if (open.size() == limits.batchSize()) {
                moveOpen();
            }
        }
    }

    private void moveOpen() {
        synchronized (lock) {
            ready.addLast(open);
            open = new ArrayList<>(limits.batchSize());
            lock.notifyAll();
        }
    }

    private void drain() throws InterruptedException {
        List<Item> batch;
        synchronized (lock) {
            while (ready.isEmpty()) {
                lock.wait(limits.interval().toMillis());
                if (ready.isEmpty() && !open.isEmpty()) {
                    moveOpen();
                }
            }
            batch = ready.removeFirst();
        }
        handler.accept(batch);
        synchronized (lock) {
            boolean full = size == limits.capacity();
            size -= batch.size();
            if (full) {
                lock.notifyAll();
            }
        }
    }

    @Override
    public void flush() {
        synchronized (lock) {
            if (!open.isEmpty()) {
                moveOpen();
            }
        }
    }

    @Override
    public void close() {
        worker.end();
    }
}
