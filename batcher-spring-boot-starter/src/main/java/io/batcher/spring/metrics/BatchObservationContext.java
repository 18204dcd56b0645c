/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.micrometer.observation.Observation;

/** One attempt with a batch, without its items: an observation must not carry their content. */
public class BatchObservationContext extends Observation.Context {

    private final String batcher;
    private final String batchId;
    private final FlushReason reason;
    private final int size;
    private final int attempt;
    private volatile boolean handled;

    /** Takes what may be told of a batch. */
    public BatchObservationContext(String batcher, Batch<?> batch) {
        this.batcher = batcher;
        this.batchId = batch.id();
        this.reason = batch.reason();
        this.size = batch.size();
        this.attempt = batch.attempt();
    }

    /** Returns the name of the batcher. */
    public String getBatcher() {
        return batcher;
    }

    /** Returns the id of the batch. */
    public String getBatchId() {
        return batchId;
    }

    /** Returns why the batch was delivered. */
    public FlushReason getReason() {
        return reason;
    }

    /** Returns the number of items. */
    public int getSize() {
        return size;
    }

    /** Returns which attempt with the batch it is. */
    public int getAttempt() {
        return attempt;
    }

    /** Returns whether the attempt has succeeded; while it goes on, and when it has failed, it has not. */
    public boolean isHandled() {
        return handled;
    }

    void setHandled() {
        handled = true;
    }

    /** Without the message of an error, which could hold the content of an item. */
    @Override
    public String toString() {
        Throwable error = getError();
        return "batch " + batchId + " of batcher \"" + batcher + "\", attempt " + attempt + ", " + size + " items, "
                + reason
                + (error == null ? "" : ", failed with " + error.getClass().getName()) + ", " + getAllKeyValues();
    }
}
