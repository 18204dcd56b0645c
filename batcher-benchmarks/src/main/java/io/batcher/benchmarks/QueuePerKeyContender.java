/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A queue per key in a map, and an executor that empties each now and then, as people write it. Keeps no order between two tasks of a key. */
final class QueuePerKeyContender implements Contender {

    private static final int THREADS = 8;

    private final Map<Integer, BlockingQueue<Item>> queues = new ConcurrentHashMap<>();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "queue-per-key");
        thread.setDaemon(true);
        return thread;
    });
    private final Limits limits;
    private final Consumer<List<Item>> handler;

    QueuePerKeyContender(Limits limits, Consumer<List<Item>> handler) {
        this.limits = limits;
        this.handler = handler;
        long interval = limits.interval().toMillis();
        executor.scheduleAtFixedRate(this::flush, interval, interval, TimeUnit.MILLISECONDS);
    }

    @Override
    public void add(Item item) {
        BlockingQueue<Item> queue =
                queues.computeIfAbsent(item.key(), key -> new LinkedBlockingQueue<>(limits.capacity()));
        try {
            queue.put(item);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (queue.size() >= limits.batchSize()) {
            executor.execute(() -> send(queue));
        }
    }

    private void send(BlockingQueue<Item> queue) {
        List<Item> batch = new ArrayList<>();
        while (queue.drainTo(batch, limits.batchSize()) > 0) {
            handler.accept(batch);
            batch = new ArrayList<>();
        }
    }

    @Override
    public void flush() {
        queues.values().forEach(queue -> executor.execute(() -> send(queue)));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
