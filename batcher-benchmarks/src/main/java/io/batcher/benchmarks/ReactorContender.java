/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;

/**
 * Reactor: a unicast sink over a bounded queue, moved to one thread by {@code publishOn}, then {@code bufferTimeout}. The sink
 * requires serialized callers: they acquire a lock, which is faster here than its own busy-looping retry. While the queue is full the
 * producer spins, then yields.
 */
final class ReactorContender implements Contender {

    private final Sinks.Many<Item> sink;
    private final Scheduler scheduler = Schedulers.newSingle("reactor", true);
    private final Disposable subscription;

    ReactorContender(Limits limits, Consumer<List<Item>> handler) {
        this.sink = Sinks.unsafe()
                .many()
                .unicast()
                .onBackpressureBuffer(Queues.<Item>get(limits.capacity()).get());
        this.subscription = sink.asFlux()
                .publishOn(scheduler, limits.batchSize())
                .bufferTimeout(limits.batchSize(), limits.interval(), scheduler)
                .subscribe(handler);
    }

    @Override
    public void add(Item item) {
        while (emit(item) == EmitResult.FAIL_OVERFLOW) {
            Thread.yield();
        }
    }

    private synchronized EmitResult emit(Item item) {
        return sink.tryEmitNext(item);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        subscription.dispose();
        scheduler.dispose();
    }
}
