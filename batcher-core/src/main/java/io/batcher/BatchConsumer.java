/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/**
 * A synchronous handler of batches. A batch is handled when the call returns normally; whatever it throws makes the attempt a
 * failed one, and the batch is kept.
 *
 * <pre>{@code
 * BatchConsumer<Reading> handler = batch -> cloud.post(batch.id(), batch);   // the id is an idempotency key
 * }</pre>
 *
 * @param <T> the item type
 */
@FunctionalInterface
public interface BatchConsumer<T> {

    /**
     * Handles one batch. Calls of one batcher never overlap.
     *
     * @throws PartialBatchException to name the items that failed, when the others were handled
     * @throws Exception whatever went wrong; the batch is tried again as the {@link RetryPolicy} says
     */
    void accept(Batch<T> batch) throws Exception;
}
