/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The ways a handler can work: one test body runs with each. */
enum HandlerKind {
    /** Returns or throws. */
    SYNC,
    /** Returns a stage that is complete already. */
    ASYNC_AT_ONCE,
    /** Returns a stage that completes later, without any time passing, on another turn of the executor. */
    ASYNC_LATER;

    /** Gives the builder a handler of this kind that does what the given one does. */
    <T> BatcherBuilder<T> install(BatcherBuilder<T> builder, VirtualTime time, BatchConsumer<T> body) {
        return this == SYNC ? builder.handler(body) : builder.asyncHandler(asynchronous(time, body));
    }

    /** Registers a handler of this kind that does what the given one does. */
    <T> void register(Batcher<T> batcher, VirtualTime time, BatchConsumer<T> body) {
        if (this == SYNC) {
            batcher.registerHandler(body);
        } else {
            batcher.registerAsyncHandler(asynchronous(time, body));
        }
    }

    private <T> AsyncBatchConsumer<T> asynchronous(VirtualTime time, BatchConsumer<T> body) {
        return batch -> {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            if (this == ASYNC_LATER) {
                time.schedule(() -> complete(stage, batch, body), Duration.ZERO);
            } else {
                complete(stage, batch, body);
            }
            return stage;
        };
    }

    private static <T> void complete(CompletableFuture<Void> stage, Batch<T> batch, BatchConsumer<T> body) {
        try {
            body.accept(batch);
            stage.complete(null);
        } catch (Throwable t) {
            stage.completeExceptionally(t);
        }
    }
}
