/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherListener;
import io.batcher.Overflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Batcher with defaults: its own threads, statistics, capacity, and a listener that counts. */
final class BatcherContender implements Contender {

    /** The least work of a metrics binder. */
    private static final class Counts implements BatcherListener {
        private final LongAdder items = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        @Override
        public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
            items.add(batch.size());
            nanos.add(took.toNanos());
        }
    }

    private final Batcher<Item> batcher;

    BatcherContender(Limits limits, Consumer<List<Item>> handler) {
        this(limits, handler, builder -> builder);
    }

    BatcherContender(Limits limits, Consumer<List<Item>> handler, UnaryOperator<BatcherBuilder<Item>> options) {
        this.batcher = options.apply(Batcher.<Item>builder("benchmark"))
                .handler(handler::accept)
                .maxBatchSize(limits.batchSize())
                .capacity(limits.capacity())
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofMinutes(1))
                .interval(limits.interval())
                .listener(new Counts())
                .build();
    }

    Batcher<Item> batcher() {
        return batcher;
    }

    @Override
    public void add(Item item) {
        batcher.add(item);
    }

    @Override
    public void flush() {
        batcher.flush();
    }

    @Override
    public void close() {
        batcher.close();
    }
}
