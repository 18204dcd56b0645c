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

/** Reactor: a group per key, each buffered and handled on one of eight threads. */
final class ReactorGroupsContender implements Contender {

    private static final int THREADS = 8;

    private final Sinks.Many<Item> sink;
    private final Scheduler grouping = Schedulers.newSingle("reactor-grouping", true);
    private final Scheduler handling = Schedulers.newParallel("reactor-handling", THREADS, true);
    private final Disposable subscription;

    ReactorGroupsContender(Limits limits, Consumer<List<Item>> handler) {
        this.sink = Sinks.unsafe()
                .many()
                .unicast()
                .onBackpressureBuffer(Queues.<Item>get(limits.capacity()).get());
        this.subscription = sink.asFlux()
                .publishOn(grouping, limits.batchSize())
                .groupBy(Item::key, limits.capacity())
                .flatMap(
                        group -> group.publishOn(handling, limits.batchSize())
                                .bufferTimeout(limits.batchSize(), limits.interval(), handling)
                                .doOnNext(handler),
                        Item.KEYS)
                .subscribe();
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
        grouping.dispose();
        handling.dispose();
    }
}
