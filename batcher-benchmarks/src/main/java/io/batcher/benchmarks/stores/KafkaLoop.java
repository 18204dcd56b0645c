/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The floor of Kafka: a consumer that commits after each batch it has polled. */
final class KafkaLoop extends KafkaContender {

    private final Handled handled;
    private final Thread thread = new Thread(this::run, "kafka-loop");
    private final CountDownLatch assigned = new CountDownLatch(1);
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    KafkaLoop(KafkaBroker broker, Handled handled) throws Exception {
        super(broker);
        this.handled = handled;
    }

    @Override
    public void deliver() throws InterruptedException {
        thread.start();
        assigned.await();
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic()));
            while (!ended) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(50));
                if (!consumer.assignment().isEmpty()) {
                    assigned.countDown();
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.value().length == 0) {
                        throw new IllegalStateException("an item is empty");
                    }
                }
                if (!records.isEmpty()) {
                    handled.add(records.count());
                    consumer.commitSync();
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public long stored() throws Exception {
        if (failure != null) {
            throw failure;
        }
        return super.stored();
    }

    @Override
    void endConsumer() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
