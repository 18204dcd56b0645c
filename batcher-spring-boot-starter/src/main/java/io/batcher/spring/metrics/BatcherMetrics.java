/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherListener;
import io.batcher.BatcherStats;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Meters of each batcher, tagged with its name. Most are read from the statistics when a registry asks; the sizes of batches
 * are recorded as a listener.
 */
public final class BatcherMetrics implements MeterBinder, BatcherListener, AopInfrastructureBean {

    private static final String BATCHER = "batcher";

    private final BatcherRegistry batchers;
    private final Map<String, List<DistributionSummary>> sizes = new ConcurrentHashMap<>();

    /** Creates the meters of the batchers that a registry has when it is {@linkplain #bindTo bound}. */
    public BatcherMetrics(BatcherRegistry batchers) {
        this.batchers = batchers;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (ManagedBatcher managed : batchers.managed()) {
            bind(managed.name(), managed.batcher(), registry);
        }
    }

    /** Records the size of a batch, for each attempt with it. */
    @Override
    public void onBatchStarted(String batcher, Batch<?> batch) {
        sizes.getOrDefault(batcher, List.of()).forEach(summary -> summary.record(batch.size()));
    }

    private void bind(String name, Batcher<?> batcher, MeterRegistry registry) {
        Gauge.builder("batcher.queue.depth", batcher, of(BatcherStats::depth))
                .tag(BATCHER, name)
                .description("Items in memory: waiting, kept for a retry, with the handler")
                .register(registry);
        Gauge.builder("batcher.queue.capacity", batcher, of(BatcherStats::capacity))
                .tag(BATCHER, name)
                .description("The most items that may be in memory")
                .register(registry);
        TimeGauge.builder(
                        "batcher.queue.oldest.age",
                        batcher,
                        TimeUnit.NANOSECONDS,
                        of(stats -> stats.oldestAge().toNanos()))
                .tag(BATCHER, name)
                .description("How long the oldest item in memory has been there")
                .register(registry);
        FunctionCounter.builder("batcher.items.accepted", batcher, of(BatcherStats::accepted))
                .tag(BATCHER, name)
                .description("Items taken in")
                .register(registry);
        bindOutcome("handled", BatcherStats::handled, name, batcher, registry);
        bindOutcome("rejected", BatcherStats::rejected, name, batcher, registry);
        bindOutcome("dropped", BatcherStats::dropped, name, batcher, registry);
        bindOutcome("dead_lettered", BatcherStats::deadLettered, name, batcher, registry);
        bindOutcome("handed_back", BatcherStats::handedBack, name, batcher, registry);
        sizes.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>())
                .add(DistributionSummary.builder("batcher.batch.size")
                        .tag(BATCHER, name)
                        .description("Items in a batch that was handed to the handler")
                        .register(registry));
    }

    private static void bindOutcome(
            String outcome,
            ToDoubleFunction<BatcherStats> count,
            String name,
            Batcher<?> batcher,
            MeterRegistry registry) {
        FunctionCounter.builder("batcher.items", batcher, of(count))
                .tag(BATCHER, name)
                .tag("outcome", outcome)
                .description("Items by what became of them")
                .register(registry);
    }

    private static ToDoubleFunction<Batcher<?>> of(ToDoubleFunction<BatcherStats> value) {
        return batcher -> value.applyAsDouble(batcher.stats());
    }
}
