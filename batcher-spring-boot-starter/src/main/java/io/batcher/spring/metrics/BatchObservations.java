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
 * Creates one observation for each attempt to deliver a batch.
 *
 * <p>A tracer receives the class and the stack trace of an exception, without its message, which could contain the content of an
 * item. When an observation stops, its error is the original exception, because meters take their {@code error} tag from its class. An
 * {@code ObservationHandler} of your own should not log its message then.
 *
 * <p>Thread-safe.
 */
public final class BatchObservations implements BatcherListener, AopInfrastructureBean {

    private static final BatchObservationConvention DEFAULT_CONVENTION = new DefaultBatchObservationConvention();

    private final Supplier<ObservationRegistry> registry;
    private final Supplier<@Nullable BatchObservationConvention> convention;

    /** The running ones, by the id of the batch. */
    private final Map<String, Observation> current = new ConcurrentHashMap<>();

    /**
     * Creates a listener that reports to a registry.
     *
     * @param registry the registry, resolved for each batch because it may be created late
     * @param convention the convention, resolved for each batch; null for the default
     */
    public BatchObservations(
            Supplier<ObservationRegistry> registry, Supplier<@Nullable BatchObservationConvention> convention) {
        this.registry = registry;
        this.convention = convention;
    }

    /**
     * Opens a scope on this thread for the observation of a batch that is being delivered.
     *
     * @return the scope, which must be closed on this thread
     */
    public Observation.Scope openScope(Batch<?> batch) {
        Observation observation = current.isEmpty() ? null : current.get(batch.id());
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
            current.put(batch.id(), observation.start());
        }
    }

    @Override
    public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        Observation observation = end(batch);
        if (observation != null) {
            ((BatchObservationContext) observation.getContext()).setHandled();
            observation.stop();
        }
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        Observation observation = end(failure.batch());
        if (observation != null) {
            observation.error(new HandlerFailure(failure.cause())); // for tracers
            observation.getContext().setError(failure.cause()); // for meters
            observation.stop();
        }
    }

    private @Nullable Observation end(Batch<?> batch) {
        return current.isEmpty() ? null : current.remove(batch.id());
    }
}
