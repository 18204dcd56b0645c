/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.concurrent.CompletionStage;

/**
 * Handles batches asynchronously. A batch is handled when the returned stage completes normally. The attempt fails, and the batch is kept,
 * if the stage fails or is cancelled, if the method returns null, or if it throws.
 *
 * <pre>{@code
 * Batcher<Reading> readings = Batcher.<Reading>builder("readings")
 *         .asyncHandler(batch -> cloud.postAsync(batch))   // blocks no thread while the call is in flight
 *         .handlerTimeout(Duration.ofSeconds(10))
 *         .build();
 * }</pre>
 *
 * @param <T> the item type
 */
@FunctionalInterface
public interface AsyncBatchConsumer<T> {

    /**
     * Starts handling a batch. The next call comes only after the returned stage has completed.
     *
     * @return a stage that completes when the batch is handled; its value is ignored
     * @throws Exception if the batch cannot be handled; it is retried as the {@link RetryPolicy} says
     */
    CompletionStage<?> accept(Batch<T> batch) throws Exception;
}
