/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** What failures of Kafka are to the caller of a store. */
final class Failures {

    private Failures() {}

    /**
     * Returns the exception of a call.
     *
     * @param what completes "Kafka failed to"
     * @param outcomeUnknown whether the call may have taken effect
     */
    static BatcherStoreException of(String what, Throwable failure, boolean outcomeUnknown) {
        if (failure instanceof BatcherStoreException known) {
            return known;
        }
        Throwable cause = unwrapped(failure);
        return new BatcherStoreException(
                "Kafka failed to " + what + ": " + cause.getClass().getSimpleName() + hint(cause),
                cause,
                outcomeUnknown);
    }

    static BatcherStoreException of(String what, Throwable failure) {
        return of(what, failure, false);
    }

    private static String hint(Throwable cause) {
        if (cause instanceof AuthorizationException) {
            return ". The user of this application lacks a permission: " + cause.getMessage();
        }
        if (cause instanceof AuthenticationException) {
            return ". Check the security settings";
        }
        if (cause instanceof InconsistentGroupProtocolException) {
            return ". A consumer of another application uses the group of the batcher. Give that one another group.id";
        }
        if (cause instanceof FencedInstanceIdException) {
            return ". Another instance has the same group.instance.id. Give each one of its own, or set none";
        }
        if (cause.getClass() == KafkaException.class) {
            return ". " + cause.getMessage() + (cause.getCause() == null ? "" : hint(cause.getCause()));
        }
        if (cause instanceof InvalidTxnTimeoutException) {
            return ". Set transaction.timeout.ms of the producer to at most transaction.max.timeout.ms of the brokers";
        }
        if (cause instanceof OffsetMetadataTooLarge) {
            return ". Raise offset.metadata.max.bytes of the brokers, 4096 unless it is set. A batch that stands alone needs up to "
                    + Progress.MAX_METADATA + ", one among many aborted transactions more";
        }
        if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
            return ". Raise max.message.bytes of the topic, or message.max.bytes of the brokers";
        }
        if (cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return ". Check that the brokers run and can be reached";
        }
        return "";
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Waits for a future through interrupts: what it does cannot be withdrawn.
     *
     * @throws TimeoutException after the timeout
     * @throws ExecutionException if it fails
     */
    static <R> R await(Future<R> future, Duration timeout) throws ExecutionException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
