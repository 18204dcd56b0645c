/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

/**
 * Handles batches synchronously. A batch is handled when the call returns normally. If the call throws, the attempt fails and the batch is
 * kept.
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
     * Handles a batch. Calls from one batcher never overlap.
     *
     * @throws PartialBatchException if some items failed and all others were handled
     * @throws Exception if the batch cannot be handled; it is retried as the {@link RetryPolicy} says
     */
    void accept(Batch<T> batch) throws Exception;
}
