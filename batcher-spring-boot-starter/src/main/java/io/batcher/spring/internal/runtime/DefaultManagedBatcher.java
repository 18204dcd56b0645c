/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.RetryAfterException;
import io.batcher.spring.ManagedBatcher;
import io.batcher.spring.internal.definition.BatcherDefinition;
import io.batcher.spring.internal.handler.HandlerKind;
import io.batcher.spring.internal.handler.HandlerMethod;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records as a listener what the statistics of a batcher do not contain. Does no work per item. Thread-safe. */
final class DefaultManagedBatcher implements ManagedBatcher, BatcherListener {

    private final BatcherDefinition definition;
    private final BatcherConfig<?> config;
    private final @Nullable ClosingLetters<?> letters;
    private final BatcherClock clock;
    private @Nullable Batcher<?> batcher; // set before publication
    private volatile @Nullable Long busySince;
    private volatile @Nullable Long pausedSince;
    private volatile @Nullable LastFailure lastFailure;
    private volatile @Nullable Throwable cause;

    DefaultManagedBatcher(BatcherDefinition definition, BatcherConfig<?> config, @Nullable ClosingLetters<?> letters) {
        this.definition = definition;
        this.config = config;
        this.letters = letters;
        this.clock = config.clock();
    }

    void attach(Batcher<?> batcher) {
        this.batcher = batcher;
        if (letters != null) {
            letters.attach(batcher);
        }
    }

    /** Returns the dead-letter handler; null if there is none. */
    @Nullable ClosingLetters<?> letters() {
        return letters;
    }

    /** Returns the cause of the last failed attempt; null if the last attempt succeeded. */
    @Nullable Throwable cause() {
        return cause;
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public Batcher<?> batcher() {
        return Objects.requireNonNull(batcher);
    }

    @Override
    public Optional<String> itemType() {
        return Optional.ofNullable(definition.itemType()).map(Object::toString);
    }

    @Override
    public Optional<String> handler() {
        HandlerMethod method = definition.handler(HandlerKind.BATCH);
        if (method != null) {
            return Optional.of(method.describe());
        }
        Object handler = config.handler() != null ? config.handler() : config.asyncHandler();
        return Optional.ofNullable(handler).map(h -> h.getClass().getName());
    }

    @Override
    public Optional<BatcherConfig<?>> config() {
        return Optional.of(config);
    }

    @Override
    public Optional<Duration> busyFor() {
        return since(busySince);
    }

    @Override
    public Optional<Duration> pausedFor() {
        boolean paused = batcher().stats().state() == BatcherState.PAUSED; // close ends a pause without onResumed
        return paused ? since(pausedSince) : Optional.empty();
    }

    @Override
    public Optional<LastFailure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    @Override
    public void onBatchStarted(String name, Batch<?> batch) {
        busySince = clock.nanoTime();
    }

    @Override
    public void onBatchHandled(String name, Batch<?> batch, Duration took) {
        busySince = null;
        cause = null;
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        busySince = null;
        cause = failure.cause();
        if (!(failure.cause() instanceof RetryAfterException)) { // no failed attempt
            lastFailure = new LastFailure(
                    failure.cause().getClass().getName(),
                    clock.instant(),
                    failure.batch().attempt());
        }
    }

    @Override
    public void onPaused(String name) {
        pausedSince = clock.nanoTime();
    }

    @Override
    public void onResumed(String name) {
        pausedSince = null;
    }

    private Optional<Duration> since(@Nullable Long start) {
        return Optional.ofNullable(start).map(nanos -> Duration.ofNanos(clock.nanoTime() - nanos));
    }
}
