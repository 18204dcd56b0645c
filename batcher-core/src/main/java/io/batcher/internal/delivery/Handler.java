/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.AsyncBatchConsumer;
import io.batcher.BatchConsumer;
import io.batcher.BatcherConfig;
import org.jspecify.annotations.Nullable;

/** The user's handler, either synchronous or asynchronous. */
public record Handler<T>(
        @Nullable BatchConsumer<T> sync, @Nullable AsyncBatchConsumer<T> async) {

    public static <T> @Nullable Handler<T> of(BatcherConfig<T> config) {
        if (config.handler() != null) {
            return sync(config.handler());
        }
        return config.asyncHandler() == null ? null : async(config.asyncHandler());
    }

    @SuppressWarnings("unchecked") // a batch is read only, so a handler of a supertype can handle it
    public static <T> Handler<T> sync(BatchConsumer<? super T> handler) {
        return new Handler<>((BatchConsumer<T>) handler, null);
    }

    @SuppressWarnings("unchecked") // as above
    public static <T> Handler<T> async(AsyncBatchConsumer<? super T> handler) {
        return new Handler<>(null, (AsyncBatchConsumer<T>) handler);
    }
}
