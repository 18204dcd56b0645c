/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.micrometer.observation.Observation;

/** The context of one attempt to deliver a batch. Holds no items: observations must not expose their content. */
public class BatchObservationContext extends Observation.Context {

    private final String batcher;
    private final String batchId;
    private final FlushReason reason;
    private final int size;
    private final int attempt;
    private volatile boolean handled;

    /** Creates the context of an attempt. */
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

    /** Returns the number of the attempt, from 1. */
    public int getAttempt() {
        return attempt;
    }

    /** Returns whether the attempt has succeeded; false while it is running. */
    public boolean isHandled() {
        return handled;
    }

    void setHandled() {
        handled = true;
    }

    /** Leaves out the message of the error, which could contain the content of an item. */
    @Override
    public String toString() {
        Throwable error = getError();
        return "batch " + batchId + " of batcher \"" + batcher + "\", attempt " + attempt + ", " + size + " items, "
                + reason
                + (error == null ? "" : ", failed with " + error.getClass().getName()) + ", " + getAllKeyValues();
    }
}
