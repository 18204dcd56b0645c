/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Optional;

/**
 * A failed attempt to handle a batch.
 *
 * @param batcher the batcher's name
 * @param batch the batch that was passed to the handler
 * @param cause what the handler threw or its stage failed with; a {@link java.util.concurrent.CompletionException} or
 *     {@link java.util.concurrent.ExecutionException} around it is removed
 * @param retryIn the time until the next attempt with the remaining items; empty if they are given up
 */
public record BatchFailure<T>(String batcher, Batch<T> batch, Throwable cause, Optional<Duration> retryIn) {

    /** Returns the id and counts only, never items. */
    @Override
    public String toString() {
        return "BatchFailure[batcher=" + batcher + ", batch=" + batch.id() + ", size=" + batch.size() + ", attempt="
                + batch.attempt() + ", cause=" + cause.getClass().getName() + ", retryIn="
                + retryIn.map(Duration::toString).orElse("never") + "]";
    }
}
