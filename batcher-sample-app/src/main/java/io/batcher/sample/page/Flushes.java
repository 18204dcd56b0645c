/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherListener;
import io.batcher.RetryAfterException;
import io.batcher.spring.BatcherCustomizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Records the latest attempts of the batcher {@code readings}: sizes and times, never contents.
 *
 * <p>Thread-safe.
 */
@Component
final class Flushes implements BatcherListener, BatcherCustomizer {

    private static final int MOST_REMEMBERED = 200;

    // Mutable state, guarded by this.
    private final Deque<Flush> ended = new ArrayDeque<>();
    private final Map<String, Unsettled> unsettled = new HashMap<>();
    private int running;
    private int mostRunning;

    /**
     * An attempt that has ended.
     *
     * @param at end of the attempt, in milliseconds since 1970
     */
    record Flush(long at, int size, int attempt, long tookMillis, Outcome outcome) {}

    /** The end of an attempt. The cloud throttles it with 429 and {@code Retry-After}: that is not a failure. */
    enum Outcome {
        HANDLED,
        FAILED,
        THROTTLED
    }

    /**
     * A batch that is in flight or waits for its retry.
     *
     * @param retryAtNanos null if no retry is scheduled
     */
    private record Unsettled(int attempt, @Nullable Long retryAtNanos) {}

    /**
     * Of the batches that are in flight or wait for their retry, the one with most attempts.
     *
     * @param attempt number of its latest attempt; 0 if there is no such batch
     * @param retryInMillis time until its next attempt; null if none is scheduled
     */
    record Current(int attempt, @Nullable Long retryInMillis) {}

    @Override
    public void customize(String name, BatcherBuilder<?> builder) {
        if (name.equals("readings")) {
            builder.listener(this);
        }
    }

    @Override
    public synchronized void onBatchStarted(String batcher, Batch<?> batch) {
        unsettled.put(batch.id(), new Unsettled(batch.attempt(), null));
        running++;
        mostRunning = Math.max(mostRunning, running);
    }

    @Override
    public synchronized void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        running--;
        unsettled.remove(batch.id());
        remember(batch, took, Outcome.HANDLED);
    }

    @Override
    public synchronized void onBatchFailed(BatchFailure<?> failure, Duration took) {
        running--;
        Batch<?> batch = failure.batch();
        Long retryAtNanos = failure.retryIn()
                .map(delay -> System.nanoTime() + delay.toNanos())
                .orElse(null);
        unsettled.put(batch.id(), new Unsettled(batch.attempt(), retryAtNanos));
        remember(batch, took, failure.cause() instanceof RetryAfterException ? Outcome.THROTTLED : Outcome.FAILED);
    }

    /** Returns the attempts that have ended since the last call. */
    synchronized List<Flush> takeEnded() {
        List<Flush> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** Returns the largest number of calls at once since the last call. */
    synchronized int takeMostRunning() {
        int most = mostRunning;
        mostRunning = running;
        return most;
    }

    synchronized Current current() {
        return unsettled.values().stream()
                .max(Comparator.comparingInt(Unsettled::attempt))
                .map(batch -> new Current(batch.attempt(), millisUntil(batch.retryAtNanos())))
                .orElse(new Current(0, null));
    }

    private static @Nullable Long millisUntil(@Nullable Long nanos) {
        return nanos == null ? null : Math.max(0, (nanos - System.nanoTime()) / 1_000_000);
    }

    private void remember(Batch<?> batch, Duration took, Outcome outcome) {
        if (ended.size() == MOST_REMEMBERED) {
            ended.removeFirst(); // No page is open that would have taken it.
        }
        ended.addLast(new Flush(System.currentTimeMillis(), batch.size(), batch.attempt(), took.toMillis(), outcome));
    }
}
