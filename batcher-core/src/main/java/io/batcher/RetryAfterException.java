/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.io.Serial;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown BY a handler, or by its stage, when the target asks to be called again later, as HTTP does with {@code Retry-After}. It is not
 * a failed attempt: the batch keeps its place, id and attempt, and nothing counts towards {@link RetryPolicy#maxAttempts}. The whole
 * batcher makes no call until the time is over, bounded by {@link BatcherBuilder#maxRetryAfter} and never less than the retry delay.
 *
 * <pre>{@code
 * BatchConsumer<Reading> handler = batch -> {
 *     try {
 *         cloud.post(batch);
 *     } catch (QuotaExceededException e) {
 *         throw new RetryAfterException(e.resetsIn(), e);
 *     }
 * };
 * }</pre>
 */
public final class RetryAfterException extends BatcherException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param retryAfter how long the target asks to wait; zero and negative are allowed, as from a date that has passed
     */
    public RetryAfterException(Duration retryAfter) {
        this(retryAfter, null);
    }

    /**
     * Creates the exception with what the target's answer was thrown as.
     *
     * @param retryAfter how long the target asks to wait; zero and negative are allowed, as from a date that has passed
     */
    public RetryAfterException(Duration retryAfter, @Nullable Throwable cause) {
        super("the target asks for no call during " + Objects.requireNonNull(retryAfter, "retryAfter"), cause);
        this.retryAfter = retryAfter;
    }

    /** Returns how long the target asks to wait. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
