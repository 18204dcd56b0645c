/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The options that a {@link BatcherBuilder} collects, with their defaults, and the rules about combinations of them. */
final class Options<T> {

    // Shared by all batchers: an idle one is to be small.
    private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(500);
    private static final Duration DEFAULT_MAX_BLOCK = Duration.ofSeconds(1);
    private static final Duration DEFAULT_MAX_RETRY_AFTER = Duration.ofMinutes(5);
    private static final Duration DEFAULT_SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

    private static final int DEFAULT_CAPACITY = 100_000;

    final String name;
    final List<BatcherListener> listeners = new ArrayList<>();

    @Nullable BatchConsumer<? super T> handler;

    @Nullable AsyncBatchConsumer<? super T> asyncHandler;

    Duration interval = DEFAULT_INTERVAL;

    @Nullable Integer maxBatchSize;

    @Nullable Long maxBatchWeight;

    @Nullable ToLongFunction<? super T> weigher;

    @Nullable Function<? super T, ?> key;

    int concurrency = 1;
    boolean batchPerKey;

    @Nullable Integer capacityPerKey;

    boolean eager;

    /** Null for the default, which depends on whether there is a store. */
    @Nullable Integer capacity;

    Overflow overflow = Overflow.REJECT;
    Duration maxBlock = DEFAULT_MAX_BLOCK;
    RetryPolicy retry = RetryPolicy.defaults();

    @Nullable Pace pace;

    Duration maxRetryAfter = DEFAULT_MAX_RETRY_AFTER;

    @Nullable Duration handlerTimeout;

    Duration shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT;
    boolean autoFlush = true;

    @Nullable Consumer<? super BatchFailure<T>> onError;

    @Nullable Consumer<? super DeadLetter<T>> onDeadLetter;

    @Nullable Consumer<? super T> onDrop;

    @Nullable ItemStore store;

    @Nullable ItemCodec<T> codec;

    @Nullable Integer partitions;

    boolean transactional;

    @Nullable Executor executor;

    @Nullable BatcherScheduler scheduler;

    BatcherClock clock = BatcherClock.system();

    Options(String name) {
        this.name = name;
    }

    void handler(BatchConsumer<? super T> handler) {
        requireNoHandler();
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    void asyncHandler(AsyncBatchConsumer<? super T> asyncHandler) {
        requireNoHandler();
        this.asyncHandler = Objects.requireNonNull(asyncHandler, "asyncHandler");
    }

    private void requireNoHandler() {
        if (handler != null || asyncHandler != null) {
            throw new IllegalStateException(
                    "batcher \"" + name + "\" has a handler already; it takes one, of either kind");
        }
    }

    /** Checks the combinations of options, each of which is valid by itself. A message names both options, the values, and what to do. */
    void check() {
        checkLimits();
        checkKey();
        StoreOptionRules.check(this);
        if (retry.delay().isEmpty()) {
            RetryPolicy.requireDelayWithinBound(retry, interval, "interval, the retry.delay unless one is set");
        }
    }

    /** Returns the capacity that was set, or the default: a store holds more than memory. */
    int capacity() {
        if (capacity != null) {
            return capacity;
        }
        return store == null ? DEFAULT_CAPACITY : StoreOptionRules.defaultCapacity(store);
    }

    private void checkLimits() {
        int capacity = capacity();
        Require.argument(
                maxBatchSize == null || maxBatchSize <= capacity,
                "capacity must not be less than maxBatchSize, but %s < %s; raise capacity or lower maxBatchSize",
                capacity,
                maxBatchSize);
        Require.argument(
                maxBatchWeight == null || weigher != null,
                "maxBatchWeight needs a weigher, but was set to %s without one; set weigher too",
                maxBatchWeight);
        Require.argument(
                weigher == null || maxBatchWeight != null,
                "weigher needs a maxBatchWeight, but was set without one; set maxBatchWeight too");
    }

    private void checkKey() {
        Require.argument(
                concurrency == 1 || key != null,
                "concurrency above 1 needs a key, but was set to %s without one: order would be lost; "
                        + "give a key, or key(item -> null) if you want no order",
                concurrency);
        Require.argument(!batchPerKey || key != null, "batchPerKey needs a key, but was set without one; set key too");
        Require.argument(
                capacityPerKey == null || batchPerKey,
                "capacityPerKey needs batchPerKey, but was set to %s without it; set batchPerKey too",
                capacityPerKey);
        Require.argument(
                capacityPerKey == null || capacityPerKey <= capacity(),
                "capacityPerKey must not be more than capacity, but %s > %s; lower capacityPerKey or raise capacity",
                capacityPerKey,
                capacity());
    }
}
