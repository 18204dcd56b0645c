/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Optional;

/**
 * One failed attempt.
 *
 * @param batcher the batcher's name
 * @param batch the batch as the handler got it
 * @param cause what the handler threw or its stage failed with, without the {@link java.util.concurrent.CompletionException} or
 *     {@link java.util.concurrent.ExecutionException} around it
 * @param retryIn how long until the next attempt with what is left of the batch; empty when it is given up
 */
public record BatchFailure<T>(String batcher, Batch<T> batch, Throwable cause, Optional<Duration> retryIn) {

    /** Returns identity and counts only, never the items. */
    @Override
    public String toString() {
        return "BatchFailure[batcher=" + batcher + ", batch=" + batch.id() + ", size=" + batch.size() + ", attempt="
                + batch.attempt() + ", cause=" + cause.getClass().getName() + ", retryIn="
                + retryIn.map(Duration::toString).orElse("never") + "]";
    }
}
