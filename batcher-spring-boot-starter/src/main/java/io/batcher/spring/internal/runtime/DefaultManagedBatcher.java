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
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Records as a listener what the statistics of a batcher do not contain. Does no work per item. Thread-safe. */
final class DefaultManagedBatcher implements ManagedBatcher, BatcherListener {

    private final BatcherDefinition definition;
    private final BatcherConfig<?> config;
    private final @Nullable ClosingLetters<?> letters;
    private final BatcherClock clock;
    private @Nullable Batcher<?> batcher; // set before publication

    /** When the attempts began that are running, by the id of the batch. */
    private final Map<String, Long> busySince = new ConcurrentHashMap<>();

    private volatile @Nullable Long pausedSince;
    private volatile @Nullable LastFailure lastFailure;
    private final AtomicReference<@Nullable Failed> failed = new AtomicReference<>();

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

    /** Returns the cause of the last failed attempt; null if the items were handled since. */
    @Nullable Throwable cause() {
        Failed last = failed.get();
        return last == null ? null : last.cause();
    }

    /** The last attempt that failed. */
    private record Failed(String batchId, Throwable cause) {

        /** With a key, a success says nothing of the items of other keys. */
        boolean isOverWith(Batch<?> handled, boolean keyed) {
            return !keyed || batchId.equals(handled.id());
        }
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
        long now = clock.nanoTime();
        return busySince.values().stream()
                .map(start -> Duration.ofNanos(now - start))
                .max(Comparator.naturalOrder());
    }

    @Override
    public Optional<Duration> pausedFor() {
        boolean paused = batcher().stats().state() == BatcherState.PAUSED; // close ends a pause without onResumed
        Long since = pausedSince;
        return paused && since != null ? Optional.of(Duration.ofNanos(clock.nanoTime() - since)) : Optional.empty();
    }

    @Override
    public Optional<LastFailure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    @Override
    public void onBatchStarted(String name, Batch<?> batch) {
        busySince.put(batch.id(), clock.nanoTime());
    }

    @Override
    public void onBatchHandled(String name, Batch<?> batch, Duration took) {
        busySince.remove(batch.id());
        Failed last = failed.get();
        if (last != null && last.isOverWith(batch, config.key() != null)) {
            failed.compareAndSet(last, null);
        }
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        busySince.remove(failure.batch().id());
        failed.set(new Failed(failure.batch().id(), failure.cause()));
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
}
