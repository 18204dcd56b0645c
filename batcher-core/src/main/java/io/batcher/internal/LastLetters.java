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
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.CallScope;
import io.batcher.internal.threads.SharedThreads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Offers what {@code close()} could not deliver to the dead-letter callback, once, in letters of at most a batch. Runs on the executor or a
 * fresh daemon thread, because the callback may hang and the closing thread must not. Thread-safe.
 */
final class LastLetters<T> {

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;
    private final Log log;
    private final List<FrozenBatch<T>> batches;

    /** How many items the callback has neither taken nor refused. */
    private final AtomicInteger open;

    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);

    /** Marks the closing thread while it calls the executor, which may run the task on that thread. */
    private final Object noOffers = new Object();

    LastLetters(
            BatcherConfig<T> config, Engine<T> engine, Callbacks<T> callbacks, Log log, List<FrozenBatch<T>> batches) {
        this.config = config;
        this.engine = engine;
        this.callbacks = callbacks;
        this.log = log;
        this.batches = batches;
        this.open =
                new AtomicInteger(batches.stream().mapToInt(FrozenBatch::size).sum());
    }

    /** Gives the offers to the executor. */
    void start(Executor executor) {
        try (CallScope scope = CallScope.enter(noOffers)) {
            executor.execute(() -> {
                if (CallScope.isInside(noOffers)) {
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

    /** Makes the offers on a fresh thread, unless they have begun; on this one if no thread can be made. */
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

    /** Opened when all letters have been offered. */
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
        try (CallScope scope = engine.enterCallback()) {
            for (FrozenBatch<T> batch : batches) {
                for (List<T> items : batch.batches(config.maxBatchSize())) {
                    interrupted |= Thread.interrupted(); // not meant for the callback
                    refused += isTaken(batch, items) ? 0 : items.size();
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

    private boolean isTaken(FrozenBatch<T> batch, List<T> items) {
        return callbacks.offerLast(
                new DeadLetter<>(config.name(), items, Refusals.closed(config, batch.lastFailure()), batch.attempts()));
    }
}
