/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.util.concurrent.CompletionStage;

/**
 * An asynchronous handler of batches. A batch is handled when the stage completes normally. A failed or cancelled stage, a
 * null in its place, or an exception from the call makes the attempt a failed one, and the batch is kept.
 *
 * <pre>{@code
 * Batcher<Reading> readings = Batcher.<Reading>builder("readings")
 *         .asyncHandler(batch -> cloud.postAsync(batch))   // holds no thread while the call is under way
 *         .handlerTimeout(Duration.ofSeconds(10))
 *         .build();
 * }</pre>
 *
 * @param <T> the item type
 */
@FunctionalInterface
public interface AsyncBatchConsumer<T> {

    /**
     * Begins to handle one batch. The next call comes only after the returned stage has completed.
     *
     * @return the stage whose end is the end of this batch; its value is ignored
     * @throws Exception whatever went wrong; the batch is tried again as the {@link RetryPolicy} says
     */
    CompletionStage<?> accept(Batch<T> batch) throws Exception;
}
