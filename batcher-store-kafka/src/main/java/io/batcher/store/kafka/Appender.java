/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Sends records and waits until they are acknowledged. The producer groups those of all threads. */
final class Appender {

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration timeout;
    private final @Nullable Transactions transactions;

    /** Guarded by this object's monitor, as is {@link #closed}. Made with the first call, and again after a failure that ends it. */
    private @Nullable Producer<byte[], byte[]> producer;

    private boolean closed;

    /**
     * Creates an appender.
     *
     * @param transactions appends the records of a call atomically; null to append without transactions
     */
    Appender(Supplier<Producer<byte[], byte[]>> producers, Duration timeout, @Nullable Transactions transactions) {
        this.producers = producers;
        this.timeout = timeout;
        this.transactions = transactions;
    }

    /** Appends records and returns their offsets. With transactions all or none are appended. */
    List<Long> append(List<ProducerRecord<byte[], byte[]>> records) {
        // One record is atomic by itself.
        return transactions == null || records.size() == 1 ? send(records) : transactions.append(records);
    }

    /** Sends records and returns their offsets. If this fails, some may have been sent. */
    List<Long> send(List<ProducerRecord<byte[], byte[]>> records) {
        Producer<byte[], byte[]> current = producer();
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        Throwable failure = null;
        try {
            // An interrupt of the calling thread concerns neither the client nor the others that use it.
            boolean interrupted = Thread.interrupted();
            try {
                for (ProducerRecord<byte[], byte[]> record : records) {
                    sent.add(current.send(record));
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        } catch (KafkaException | IllegalStateException e) {
            failure = e;
        }
        List<Long> offsets = new ArrayList<>(sent.size());
        for (Future<RecordMetadata> each : sent) {
            try {
                offsets.add(Failures.await(each, timeout.multipliedBy(2)).offset());
            } catch (ExecutionException | TimeoutException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failed(current, failure, sent.isEmpty());
        }
        return offsets;
    }

    private BatcherStoreException failed(Producer<byte[], byte[]> used, Throwable failure, boolean nothingSent) {
        Throwable cause = Failures.unwrapped(failure);
        if (isFatal(cause)) {
            discard(used);
        }
        return Failures.of("store items", cause, !nothingSent);
    }

    /** Returns whether a producer refuses everything after a failure. */
    private static boolean isFatal(Throwable cause) {
        return cause instanceof ProducerFencedException
                || cause instanceof InvalidProducerEpochException
                || cause instanceof ClusterAuthorizationException
                || cause instanceof AuthenticationException
                || cause instanceof UnsupportedVersionException
                || !(cause instanceof ApiException
                        || cause instanceof TimeoutException
                        || cause instanceof InterruptException);
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new BatcherStoreException("The store is closed", null);
        }
        if (producer == null) {
            try {
                producer = producers.get();
            } catch (KafkaException e) {
                throw Failures.of("create a producer", e);
            }
        }
        return producer;
    }

    private void discard(Producer<byte[], byte[]> used) {
        synchronized (this) {
            if (producer != used) {
                return;
            }
            producer = null;
        }
        used.close(Duration.ZERO);
    }

    void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
            producer = null;
        }
        if (last != null) {
            last.close(timeout);
        }
        if (transactions != null) {
            transactions.close();
        }
    }
}
