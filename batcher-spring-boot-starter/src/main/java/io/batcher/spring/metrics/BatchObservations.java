/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherListener;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Makes one observation of each attempt with a batch. There is at most one at a time for a batcher. A tracer hears of the class
 * and the stack of what a handler threw, not of its message, which could hold the content of an item. When an observation stops its
 * error is what the handler threw, because meters take their {@code error} tag from its class: a handler of observations of your own
 * must not tell its message then.
 *
 * <p>Thread-safe.
 */
public final class BatchObservations implements BatcherListener, AopInfrastructureBean {

    private static final BatchObservationConvention DEFAULT_CONVENTION = new DefaultBatchObservationConvention();

    private final Supplier<ObservationRegistry> registry;
    private final Supplier<@Nullable BatchObservationConvention> convention;
    private final Map<String, Observation> current = new ConcurrentHashMap<>();

    /**
     * Creates observations.
     *
     * @param registry asked when there is a batch, so that it need not exist before
     * @param convention asked when there is a batch; null for the default
     */
    public BatchObservations(
            Supplier<ObservationRegistry> registry, Supplier<@Nullable BatchObservationConvention> convention) {
        this.registry = registry;
        this.convention = convention;
    }

    /**
     * Makes the observation of the batch that a batcher delivers now the current one of this thread.
     *
     * @return what ends that; to be closed on this thread
     */
    public Observation.Scope openScope(String batcher) {
        Observation observation = current.get(batcher);
        return observation == null ? Observation.Scope.NOOP : observation.openScope();
    }

    @Override
    public void onBatchStarted(String batcher, Batch<?> batch) {
        Observation observation = Observation.createNotStarted(
                convention.get(),
                DEFAULT_CONVENTION,
                () -> new BatchObservationContext(batcher, batch),
                registry.get());
        if (!observation.isNoop()) {
            current.put(batcher, observation.start());
        }
    }

    @Override
    public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        Observation observation = current.remove(batcher);
        if (observation != null) {
            ((BatchObservationContext) observation.getContext()).setHandled();
            observation.stop();
        }
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        Observation observation = current.remove(failure.batcher());
        if (observation != null) {
            observation.error(new HandlerFailure(failure.cause())); // what a tracer records
            observation.getContext().setError(failure.cause()); // whose type the meter takes when the observation stops
            observation.stop();
        }
    }
}
