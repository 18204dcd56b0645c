/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The floor of Kafka: an idempotent producer that waits for each call, and a consumer that commits after each batch it has polled. */
class KafkaLoop implements StoreContender {

    private static final int BATCH = 1_000;

    private final KafkaBroker broker;
    final String topic;
    final Handled handled;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread = new Thread(this::run, "kafka-loop");
    private final CountDownLatch assigned = new CountDownLatch(1);
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    KafkaLoop(KafkaBroker broker, Handled handled) throws Exception {
        this.broker = broker;
        this.handled = handled;
        this.topic = broker.newPrefix() + "items";
        broker.create(topic);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.servers(), "acks", "all", "enable.idempotence", true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void add(byte[] item) throws Exception {
        producer.send(record(item)).get();
    }

    private ProducerRecord<byte[], byte[]> record(byte[] item) {
        return new ProducerRecord<>(topic, item[0] % KafkaBroker.PARTITIONS, null, item);
    }

    @Override
    public void addAll(List<byte[]> items) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (byte[] item : items) {
            sent.add(producer.send(record(item)));
        }
        for (Future<?> each : sent) {
            each.get();
        }
    }

    @Override
    public void deliver() throws InterruptedException {
        thread.start();
        assigned.await();
    }

    /** Returns what the consumer of the topic is created with. */
    Map<String, Object> consumerProperties() {
        return Map.of(
                "bootstrap.servers",
                broker.servers(),
                "group.id",
                topic,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                BATCH);
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
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
        return broker.lag(topic);
    }

    @Override
    public void close() throws Exception {
        ended = true;
        thread.join();
        producer.close();
        broker.delete(topic);
    }
}
