/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import io.batcher.RetryAfterException;
import java.time.Duration;
import java.util.Optional;

/**
 * Recognizes a failure of a {@link BatchHandler} method by which the target asks to be called again later. Such a failure is no failed
 * attempt: the batcher rests instead, as after a {@link RetryAfterException}.
 *
 * <p>Without a bean of this type, the starter reads the header {@code Retry-After} of Spring's {@code RestClientResponseException} and
 * {@code WebClientResponseException} with status 429 or 503, also where that is a cause of the failure. Beans of this type replace that
 * rule; they are asked in their order, and the first duration counts.
 *
 * <pre>{@code
 * @Bean
 * RetryAfterResolver quotas() {
 *     return failure -> failure instanceof QuotaExceededException quota ? Optional.of(quota.resetsIn()) : Optional.empty();
 * }
 * }</pre>
 *
 * <p>Asked with what the method threw, or its stage or publisher failed with, without a
 * {@link java.util.concurrent.CompletionException} or {@link java.util.concurrent.ExecutionException} around it; of a
 * {@link io.batcher.PartialBatchException} with the cause of each item. Must be thread-safe.
 */
@FunctionalInterface
public interface RetryAfterResolver {

    /**
     * Returns how long the target asks to wait; empty if the failure is an ordinary one.
     *
     * @param failure what the handler failed with
     */
    Optional<Duration> resolve(Throwable failure);
}
