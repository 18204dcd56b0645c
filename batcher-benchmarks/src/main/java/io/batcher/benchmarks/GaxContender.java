/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import com.google.api.core.ApiFuture;
import com.google.api.core.SettableApiFuture;
import com.google.api.gax.batching.BatchEntry;
import com.google.api.gax.batching.BatcherImpl;
import com.google.api.gax.batching.BatchingDescriptor;
import com.google.api.gax.batching.BatchingRequestBuilder;
import com.google.api.gax.batching.BatchingSettings;
import com.google.api.gax.batching.FlowControlSettings;
import com.google.api.gax.batching.FlowController.LimitExceededBehavior;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.UnaryCallable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The batcher of Google's API clients, with {@code LimitExceededBehavior.Block} and a limit on elements. Its callable is asynchronous by
 * contract: this one calls the handler on a single thread and completes the future afterwards. Every item has a future, because the
 * library has no other way to add.
 */
final class GaxContender implements Contender {

    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(GaxContender::daemon);
    private final ExecutorService calls = Executors.newSingleThreadExecutor(GaxContender::daemon);
    private final BatcherImpl<Item, Boolean, List<Item>, Boolean> batcher;

    GaxContender(Limits limits, Consumer<List<Item>> handler) {
        BatchingSettings settings = BatchingSettings.newBuilder()
                .setElementCountThreshold((long) limits.batchSize())
                .setRequestByteThreshold(Long.MAX_VALUE)
                .setDelayThresholdDuration(limits.interval())
                .setFlowControlSettings(FlowControlSettings.newBuilder()
                        .setMaxOutstandingElementCount((long) limits.capacity())
                        .setLimitExceededBehavior(LimitExceededBehavior.Block)
                        .build())
                .build();
        this.batcher = new BatcherImpl<>(new Descriptor(), callable(handler), List.of(), settings, ticks, null, null);
    }

    private UnaryCallable<List<Item>, Boolean> callable(Consumer<List<Item>> handler) {
        return new UnaryCallable<>() {
            @Override
            public ApiFuture<Boolean> futureCall(List<Item> items, @Nullable ApiCallContext context) {
                SettableApiFuture<Boolean> future = SettableApiFuture.create();
                calls.execute(() -> {
                    handler.accept(items);
                    future.set(true);
                });
                return future;
            }
        };
    }

    /** Adds an item with a future. */
    ApiFuture<Boolean> submit(Item item) {
        return batcher.add(item);
    }

    @Override
    public void add(Item item) {
        ApiFuture<Boolean> unused = batcher.add(item);
    }

    @Override
    public void flush() {
        batcher.sendOutstanding();
    }

    @Override
    public void close() {
        try {
            batcher.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ticks.shutdownNow();
        calls.shutdownNow();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "gax");
        thread.setDaemon(true);
        return thread;
    }

    private static final class Descriptor implements BatchingDescriptor<Item, Boolean, List<Item>, Boolean> {

        @Override
        public BatchingRequestBuilder<Item, List<Item>> newRequestBuilder(List<Item> prototype) {
            List<Item> items = new ArrayList<>();
            return new BatchingRequestBuilder<>() {
                @Override
                public void add(Item item) {
                    items.add(item);
                }

                @Override
                public List<Item> build() {
                    return items;
                }
            };
        }

        @Override
        public void splitResponse(Boolean response, List<BatchEntry<Item, Boolean>> entries) {
            for (BatchEntry<Item, Boolean> entry : entries) {
                entry.getResultFuture().set(response);
            }
        }

        @Override
        public void splitException(Throwable failure, List<BatchEntry<Item, Boolean>> entries) {
            for (BatchEntry<Item, Boolean> entry : entries) {
                entry.getResultFuture().setException(failure);
            }
        }

        @Override
        public long countBytes(Item item) {
            return 1;
        }
    }
}
