/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.page;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherListener;
import io.batcher.spring.BatcherCustomizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
    private int attempt;
    private @Nullable Long retryAtNanos;

    /**
     * An attempt that has ended.
     *
     * @param at end of the attempt, in milliseconds since 1970
     */
    record Flush(long at, int size, int attempt, long tookMillis, boolean handled) {}

    /**
     * The batch that is in flight or waits for its retry.
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
        attempt = batch.attempt();
        retryAtNanos = null;
    }

    @Override
    public synchronized void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        attempt = 0;
        remember(batch, took, true);
    }

    @Override
    public synchronized void onBatchFailed(BatchFailure<?> failure, Duration took) {
        retryAtNanos = failure.retryIn()
                .map(delay -> System.nanoTime() + delay.toNanos())
                .orElse(null);
        remember(failure.batch(), took, false);
    }

    /** Returns the attempts that have ended since the last call. */
    synchronized List<Flush> takeEnded() {
        List<Flush> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    synchronized Current current() {
        Long at = retryAtNanos;
        return new Current(attempt, at == null ? null : Math.max(0, (at - System.nanoTime()) / 1_000_000));
    }

    private void remember(Batch<?> batch, Duration took, boolean handled) {
        if (ended.size() == MOST_REMEMBERED) {
            ended.removeFirst(); // No page is open that would have taken it.
        }
        ended.addLast(new Flush(System.currentTimeMillis(), batch.size(), batch.attempt(), took.toMillis(), handled));
    }
}
