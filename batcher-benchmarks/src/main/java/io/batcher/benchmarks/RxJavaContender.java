/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.internal.schedulers.SingleScheduler;
import io.reactivex.rxjava3.processors.PublishProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * RxJava: a processor whose {@code offer} respects the buffer of {@code observeOn}, which moves the items to one thread, then
 * {@code buffer} by time and count. The processor requires serialized callers: they acquire a lock. While the buffer is full the
 * producer yields.
 */
final class RxJavaContender implements Contender {

    private final PublishProcessor<Item> processor = PublishProcessor.create();
    private final Scheduler scheduler = new SingleScheduler();
    private final Disposable subscription;

    RxJavaContender(Limits limits, Consumer<List<Item>> handler) {
        this.subscription = processor
                .observeOn(scheduler, false, limits.capacity())
                .buffer(
                        limits.interval().toNanos(),
                        TimeUnit.NANOSECONDS,
                        scheduler,
                        limits.batchSize(),
                        () -> (List<Item>) new ArrayList<Item>(limits.batchSize()),
                        true)
                .subscribe(batch -> {
                    if (!batch.isEmpty()) {
                        handler.accept(batch);
                    }
                });
    }

    @Override
    public void add(Item item) {
        while (!offer(item)) {
            Thread.yield();
        }
    }

    private synchronized boolean offer(Item item) {
        return processor.offer(item);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        subscription.dispose();
        scheduler.shutdown();
    }
}
