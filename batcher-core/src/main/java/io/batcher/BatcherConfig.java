/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The validated options of one batcher, as {@link BatcherBuilder#config()} makes them. Each is described at the builder's method
 * of the same name. Immutable.
 *
 * @param handler the synchronous handler; null if there is none, or an asynchronous one
 * @param asyncHandler the asynchronous handler; null if there is none, or a synchronous one
 * @param maxBatchSize never more than {@code capacity}
 * @param weigher null if there is no limit of weight
 * @param handlerTimeout empty if an attempt may take any time
 * @param executor null for the process-wide pool
 * @param scheduler null for the process-wide timer
 */
public record BatcherConfig<T>(
        String name,
        @Nullable BatchConsumer<? super T> handler,
        @Nullable AsyncBatchConsumer<? super T> asyncHandler,
        Duration interval,
        int maxBatchSize,
        long maxBatchWeight,
        @Nullable ToLongFunction<? super T> weigher,
        boolean eager,
        int capacity,
        Overflow overflow,
        Duration maxBlock,
        RetryPolicy retry,
        Optional<Duration> handlerTimeout,
        Duration shutdownTimeout,
        boolean autoFlush,
        @Nullable Consumer<? super BatchFailure<T>> onError,
        @Nullable Consumer<? super DeadLetter<T>> onDeadLetter,
        @Nullable Consumer<? super T> onDrop,
        BatcherListener listener,
        @Nullable Executor executor,
        @Nullable BatcherScheduler scheduler,
        BatcherClock clock) {

    /** Returns name and limits; never a callback, which could print anything. */
    @Override
    public String toString() {
        return "BatcherConfig[name=" + name + ", interval=" + interval + ", maxBatchSize=" + maxBatchSize
                + ", capacity=" + capacity + ", overflow=" + overflow + "]";
    }
}
