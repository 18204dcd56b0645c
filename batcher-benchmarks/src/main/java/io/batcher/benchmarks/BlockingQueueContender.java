/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import com.google.common.collect.Queues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A bounded blocking queue of the JDK and a thread that drains it with {@link Queues#drain} of Guava: {@code drainTo} until the batch is
 * full or the interval has elapsed. A burst ends with a full batch, so no flush is needed.
 */
final class BlockingQueueContender implements Contender {

    private final BlockingQueue<Item> queue;
    private final Limits limits;
    private final Consumer<List<Item>> handler;
    private final Worker worker = new Worker("drainer", this::drain);

    BlockingQueueContender(BlockingQueue<Item> queue, Limits limits, Consumer<List<Item>> handler) {
        this.queue = queue;
        this.limits = limits;
        this.handler = handler;
        worker.start();
    }

    @Override
    public void add(Item item) {
        try {
            queue.put(item);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void drain() throws InterruptedException {
        List<Item> batch = new ArrayList<>(limits.batchSize());
        Queues.drain(queue, batch, limits.batchSize(), limits.interval().toNanos(), TimeUnit.NANOSECONDS);
        if (!batch.isEmpty()) {
            handler.accept(batch);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        worker.end();
    }
}
