/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Reads records outside of the group. One call at a time; the consumer is made with the first one. */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> consumers;
    private final Duration timeout;

    /** Set by reads, which hold this object's monitor. */
    private volatile org.apache.kafka.clients.consumer.@Nullable Consumer<byte[], byte[]> consumer;

    private volatile boolean closed;

    TopicReader(Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> consumers, Duration timeout) {
        this.consumers = consumers;
        this.timeout = timeout;
    }

    /** Reads what is between offsets. */
    synchronized void read(
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> to,
            Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<TopicPartition, Long> left = new HashMap<>(from);
        poll(left, (partition, records, next) -> {
            records.forEach(each);
            return next >= to.getOrDefault(partition, 0L);
        });
        if (!left.isEmpty()) {
            throw notReturned("dead letters");
        }
    }

    private BatcherStoreException notReturned(String what) {
        return new BatcherStoreException(
                "Kafka did not return " + what + " within " + timeout
                        + ". Check that the brokers run and can be reached",
                null);
    }

    /**
     * Returns the age of the oldest of the first records between offsets. Partitions without one are left out, and those that are not read
     * in time, unless none is.
     */
    synchronized Duration oldestAge(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
        AtomicLong oldest = new AtomicLong(Long.MAX_VALUE);
        Map<TopicPartition, Long> left = new HashMap<>(from);
        poll(left, (partition, records, next) -> {
            if (!records.isEmpty()) {
                oldest.accumulateAndGet(records.get(0).timestamp(), Math::min);
            }
            return !records.isEmpty() || next >= to.getOrDefault(partition, 0L);
        });
        if (!from.isEmpty() && left.size() == from.size()) {
            throw notReturned("the oldest items");
        }
        return oldest.get() == Long.MAX_VALUE ? Duration.ZERO : Records.age(oldest.get());
    }

    private interface Visitor {
        /** Returns whether the partition was read far enough. */
        boolean visit(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long next);
    }

    /** Polls until each partition was read far enough, and removes it, or until the timeout. */
    private void poll(Map<TopicPartition, Long> left, Visitor visitor) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            var reading = consumer();
            reading.assign(left.keySet());
            // A partition that stays assigned stays paused since the last read.
            reading.resume(left.keySet());
            left.forEach(reading::seek);
            while (!left.isEmpty() && !closed && System.nanoTime() - end < 0) {
                ConsumerRecords<byte[], byte[]> records = reading.poll(POLL);
                records.nextOffsets().forEach((partition, next) -> {
                    if (left.containsKey(partition)
                            && visitor.visit(partition, records.records(partition), next.offset())) {
                        left.remove(partition);
                        reading.pause(List.of(partition));
                    }
                });
            }
        } catch (WakeupException e) {
            // The store is being closed.
        } catch (KafkaException | IllegalStateException e) {
            throw Failures.of("read single records", e);
        }
        if (closed) {
            throw closed();
        }
    }

    private static BatcherStoreException closed() {
        return new BatcherStoreException("The store is closed", null);
    }

    private org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer() {
        if (closed) {
            throw closed();
        }
        var current = consumer;
        if (current == null) {
            current = consumers.get();
            consumer = current;
        }
        return current;
    }

    /** Closes the consumer, and ends a read. */
    void close() {
        closed = true;
        var reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        closeConsumer();
    }

    private synchronized void closeConsumer() {
        var last = consumer;
        if (last != null) {
            last.close();
            consumer = null;
        }
    }
}
