/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Sends records and waits until they are acknowledged. The producer groups those of all threads. */
final class Appender {

    private static final String STORE = "store items";

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration timeout;
    private final @Nullable Transactions transactions;
    private final Leaders leaders;

    /**
     * Whether the brokers did not answer to the last call. Then the next one asks them before it sends: a record that was sent may be
     * stored although its call fails, and cannot be sent again.
     */
    private volatile boolean unanswered;

    /** Guarded by this object's monitor, as is {@link #closed}. Made with the first call, and again after a failure that ends it. */
    private @Nullable Producer<byte[], byte[]> producer;

    private boolean closed;

    /** Asks the brokers that lead partitions. */
    interface Leaders {
        /** Throws {@link BatcherStoreException} if one of them does not answer. */
        void ask(Set<TopicPartition> partitions);
    }

    /**
     * Creates an appender.
     *
     * @param transactions appends the records of a call atomically; null to append without transactions
     */
    Appender(
            Supplier<Producer<byte[], byte[]>> producers,
            Duration timeout,
            @Nullable Transactions transactions,
            Leaders leaders) {
        this.producers = producers;
        this.timeout = timeout;
        this.transactions = transactions;
        this.leaders = leaders;
    }

    /** Appends records and returns their offsets. With transactions all or none are appended. */
    List<Long> append(List<ProducerRecord<byte[], byte[]>> records) {
        // One record is atomic by itself.
        return transactions == null || records.size() == 1 ? send(STORE, records) : transactions.append(records);
    }

    /**
     * Sends records and returns their offsets. If this fails, some may have been sent.
     *
     * @param what completes "Kafka failed to"
     */
    List<Long> send(String what, List<ProducerRecord<byte[], byte[]>> records) {
        if (unanswered) {
            leaders.ask(partitions(records));
        }
        Producer<byte[], byte[]> current = producer();
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        Sends sends = new Sends();
        Throwable failure = null;
        try {
            // An interrupt of the calling thread concerns neither the client nor the others that use it.
            boolean interrupted = Thread.interrupted();
            try {
                for (ProducerRecord<byte[], byte[]> record : records) {
                    // After a failure each of the others may wait for a timeout of its own.
                    if (sends.failed) {
                        break;
                    }
                    sent.add(current.send(record, sends));
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
        long end = System.nanoTime() + timeout.multipliedBy(2).toNanos();
        for (Future<RecordMetadata> each : sent) {
            try {
                Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                offsets.add(Failures.await(each, left).offset());
            } catch (ExecutionException | TimeoutException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failed(what, current, failure, sent.size() == sends.refused);
        }
        unanswered = false;
        return offsets;
    }

    /** The outcomes of the records of a call. */
    private static final class Sends implements Callback {
        private final Thread caller = Thread.currentThread();

        /** Whether a record has failed. */
        private volatile boolean failed;

        /** How many records have failed before they were sent. The caller's own. */
        private int refused;

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null) {
                failed = true;
                // A record that is sent is completed by the thread of the producer.
                if (Thread.currentThread() == caller) {
                    refused++;
                }
            }
        }
    }

    private static Set<TopicPartition> partitions(List<ProducerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> new TopicPartition(record.topic(), record.partition()))
                .collect(Collectors.toSet());
    }

    private BatcherStoreException failed(
            String what, Producer<byte[], byte[]> used, Throwable failure, boolean nothingSent) {
        Throwable cause = Failures.unwrapped(failure);
        unanswered = cause instanceof RetriableException || cause instanceof TimeoutException;
        if (isFatal(cause)) {
            discard(used);
        }
        return Failures.of(what, cause, !nothingSent);
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
