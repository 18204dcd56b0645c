/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.DeadLetter;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Log;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.SharedThreads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Offers what {@code close()} could not deliver to the dead-letter callback, in letters of at most a batch, each once. Runs on a
 * thread other than the one that closes, because the callback may hang: the executor's, or a fresh daemon thread. Thread-safe.
 */
final class LastLetters<T> {

    private final BatcherConfig<T> config;
    private final FlushMachine<T> machine;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final List<FrozenBatch<T>> deliveries;

    /** Items that the callback has neither taken nor refused. */
    private final AtomicInteger open;

    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);

    /** Marks the thread that closes while it calls the executor, which may run the task right there. */
    private final Object notHere = new Object();

    LastLetters(
            BatcherConfig<T> config,
            FlushMachine<T> machine,
            Engine<T> engine,
            Callbacks<T> callbacks,
            Log log,
            List<FrozenBatch<T>> deliveries) {
        this.config = config;
        this.machine = machine;
        this.engine = engine;
        this.callbacks = callbacks;
        this.log = log;
        this.deliveries = deliveries;
        this.open = new AtomicInteger(
                deliveries.stream().mapToInt(FrozenBatch::size).sum());
    }

    /** Gives the offers to the executor. */
    void start(Executor executor) {
        try (CallScope scope = CallScope.enter(notHere)) {
            executor.execute(() -> {
                if (CallScope.isInside(notHere)) {
                    startElsewhere();
                } else {
                    run();
                }
            });
        } catch (Throwable refusal) {
            log.executorRefused(refusal);
            startElsewhere();
        }
    }

    /** Makes the offers on a fresh thread, unless they have begun; where no thread can be made, on this one. */
    void startElsewhere() {
        if (begun.get()) {
            return;
        }
        try {
            SharedThreads.runOnFreshThread("batcher-" + config.name(), this::run);
        } catch (Throwable refusal) {
            log.executorRefused(refusal);
            run();
        }
    }

    /** Opened when every letter was offered. */
    CountDownLatch done() {
        return done;
    }

    /** How many items the callback has neither taken nor refused. */
    int open() {
        return open.get();
    }

    private void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        int refused = 0;
        boolean interrupted = false;
        try (CallScope scope = CallScope.enter(engine)) {
            for (FrozenBatch<T> delivery : deliveries) {
                for (List<T> items : delivery.batches(config.maxBatchSize())) {
                    interrupted |= Thread.interrupted(); // not meant for the callback
                    refused += isTaken(delivery, items) ? 0 : items.size();
                    open.addAndGet(-items.size());
                }
            }
        } finally {
            int lost = refused + open.getAndSet(0); // after an error some were not offered
            if (lost > 0) {
                log.notDelivered(lost);
            }
            done.countDown();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isTaken(FrozenBatch<T> delivery, List<T> items) {
        return callbacks.offerLast(
                new DeadLetter<>(config.name(), items, machine.closed(delivery.lastFailure()), delivery.attempts()));
    }
}
