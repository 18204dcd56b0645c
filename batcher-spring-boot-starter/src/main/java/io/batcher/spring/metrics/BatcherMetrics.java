/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.BatcherListener;
import io.batcher.BatcherStats;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.ManagedBatcher;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Binds the meters of each batcher, tagged with its name. Most meters read {@link Batcher#stats()} when they are scraped; batch
 * sizes and calls of a store are recorded by a listener.
 */
public final class BatcherMetrics implements MeterBinder, BatcherListener, AopInfrastructureBean {

    private static final Log logger = LogFactory.getLog(BatcherMetrics.class);
    private static final String BATCHER = "batcher";

    private final BatcherRegistry batchers;
    private final Map<String, List<DistributionSummary>> sizes = new ConcurrentHashMap<>();
    private final Map<String, List<Timer>> appends = new ConcurrentHashMap<>();
    private final Map<String, List<Timer>> records = new ConcurrentHashMap<>();
    private final Map<MeterRegistry, Binding> bindings = new ConcurrentHashMap<>();

    /** Creates a binder for the batchers that the registry holds when {@link #bindTo} is called. */
    public BatcherMetrics(BatcherRegistry batchers) {
        this.batchers = batchers;
    }

    /**
     * Registers the meters. If the registry already has meters of another batcher with the same name, for example of a parent context,
     * it keeps those, and a warning is logged.
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        Binding binding = new Binding(registry);
        if (bindings.putIfAbsent(registry, binding) == null) {
            for (ManagedBatcher managed : batchers.managed()) {
                bind(managed.name(), managed.batcher(), binding);
                if (managed.config().map(BatcherConfig::store).isPresent()) {
                    bindStore(managed.name(), managed.batcher(), binding);
                }
            }
        }
    }

    /** Removes the meters that {@link #bindTo} has registered. For a registry that outlives the batchers. */
    public void unbindFrom(MeterRegistry registry) {
        Binding binding = bindings.remove(registry);
        if (binding != null) {
            binding.added.forEach(registry::remove);
        }
    }

    @Override
    public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        recordSize(batcher, batch);
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        recordSize(failure.batcher(), failure.batch());
    }

    /** Records the size of the batch of each attempt, after the call: what runs before it delays the handler. */
    private void recordSize(String batcher, Batch<?> batch) {
        sizes.getOrDefault(batcher, List.of()).forEach(summary -> summary.record(batch.size()));
    }

    @Override
    public void onStored(String batcher, int items, Duration took) {
        appends.getOrDefault(batcher, List.of()).forEach(timer -> timer.record(took));
    }

    @Override
    public void onRecorded(String batcher, int items, Duration took) {
        records.getOrDefault(batcher, List.of()).forEach(timer -> timer.record(took));
    }

    private void bind(String name, Batcher<?> batcher, Binding binding) {
        MeterRegistry registry = binding.registry;
        boolean own = binding.add(Gauge.builder("batcher.queue.depth", batcher, of(BatcherStats::depth))
                .tag(BATCHER, name)
                .description("Items in memory or in the store: waiting, kept for a retry or in flight")
                .register(registry));
        if (!own) {
            logger.warn("The meters of batcher \"" + name + "\" belong to another batcher of that name, in another"
                    + " application context with the same meter registry. Gauges and counters show only the other batcher;"
                    + " batch sizes and flush times include both. To monitor this batcher, rename one of the two, or give"
                    + " its context a separate meter registry.");
        }
        binding.add(Gauge.builder("batcher.queue.capacity", batcher, of(BatcherStats::capacity))
                .tag(BATCHER, name)
                .description("Maximum number of items in memory or in the store")
                .register(registry));
        binding.add(TimeGauge.builder(
                        "batcher.queue.oldest.age",
                        batcher,
                        TimeUnit.NANOSECONDS,
                        of(stats -> stats.oldestAge().toNanos()))
                .tag(BATCHER, name)
                .description("Age of the oldest item")
                .register(registry));
        binding.add(FunctionCounter.builder("batcher.items.accepted", batcher, of(BatcherStats::accepted))
                .tag(BATCHER, name)
                .description("Items accepted")
                .register(registry));
        binding.add(FunctionCounter.builder("batcher.throttled", batcher, of(BatcherStats::throttled))
                .tag(BATCHER, name)
                .description("Handler calls that ended with a Retry-After")
                .register(registry));
        binding.add(TimeGauge.builder(
                        "batcher.resting",
                        batcher,
                        TimeUnit.NANOSECONDS,
                        of(stats -> stats.restingFor().toNanos()))
                .tag(BATCHER, name)
                .description("How long a rest after a Retry-After still lasts")
                .register(registry));
        binding.add(Gauge.builder("batcher.lanes", batcher, of(BatcherStats::lanes))
                .tag(BATCHER, name)
                .description("Orders of items: 1 without a key")
                .register(registry));
        bindOutcome("handled", BatcherStats::handled, name, batcher, binding);
        bindOutcome("rejected", BatcherStats::rejected, name, batcher, binding);
        bindOutcome("dropped", BatcherStats::dropped, name, batcher, binding);
        bindOutcome("dead_lettered", BatcherStats::deadLettered, name, batcher, binding);
        bindOutcome("handed_back", BatcherStats::handedBack, name, batcher, binding);
        DistributionSummary size = DistributionSummary.builder("batcher.batch.size")
                .tag(BATCHER, name)
                .description("Items per batch passed to the handler")
                .register(registry);
        binding.add(size);
        sizes.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>()).add(size);
    }

    private void bindStore(String name, Batcher<?> batcher, Binding binding) {
        MeterRegistry registry = binding.registry;
        bindTimer("batcher.store.append", "Calls of the store that add items", name, appends, binding);
        bindTimer("batcher.store.record", "Calls of the store that record an outcome", name, records, binding);
        binding.add(Gauge.builder("batcher.partitions.owned", batcher, of(BatcherStats::lanes))
                .tag(BATCHER, name)
                .description("Partitions of the store that this instance owns")
                .register(registry));
        binding.add(FunctionCounter.builder("batcher.fenced", batcher, of(BatcherStats::fenced))
                .tag(BATCHER, name)
                .description("Attempts whose outcome was not recorded, because another instance had taken over")
                .register(registry));
        if (batcher.deadLetters().isPresent()) {
            binding.add(Gauge.builder("batcher.dead.letters", new DeadLetterCount(batcher), DeadLetterCount::value)
                    .strongReference(true)
                    .tag(BATCHER, name)
                    .description("Dead letters that the store keeps")
                    .register(registry));
        }
    }

    private static void bindTimer(
            String meter, String description, String name, Map<String, List<Timer>> timers, Binding binding) {
        Timer timer =
                Timer.builder(meter).tag(BATCHER, name).description(description).register(binding.registry);
        binding.add(timer);
        timers.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>()).add(timer);
    }

    private static void bindOutcome(
            String outcome, ToDoubleFunction<BatcherStats> count, String name, Batcher<?> batcher, Binding binding) {
        binding.add(FunctionCounter.builder("batcher.items", batcher, of(count))
                .tag(BATCHER, name)
                .tag("outcome", outcome)
                .description("Items by outcome")
                .register(binding.registry));
    }

    /** A registry with the meters that were registered by this binder. */
    private static final class Binding {
        private final MeterRegistry registry;
        private final Set<Meter> before = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<Meter> added = new ArrayList<>();

        Binding(MeterRegistry registry) {
            this.registry = registry;
            before.addAll(registry.getMeters());
        }

        /** Returns whether the meter is new; false if it existed and measures another batcher. */
        boolean add(Meter meter) {
            return !before.contains(meter) && added.add(meter);
        }
    }

    private static ToDoubleFunction<Batcher<?>> of(ToDoubleFunction<BatcherStats> value) {
        return batcher -> value.applyAsDouble(batcher.stats());
    }
}
