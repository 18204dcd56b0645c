/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic with an idempotent producer that waits for each call. Who consumes it is up to the contender. */
abstract class KafkaContender implements StoreContender {

    private static final int BATCH = 1_000;

    private final KafkaBroker broker;
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    KafkaContender(KafkaBroker broker) throws Exception {
        this.broker = broker;
        this.topic = broker.newPrefix() + "items";
        broker.create(topic);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.servers(), "acks", "all", "enable.idempotence", true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    final String topic() {
        return topic;
    }

    /** Returns what the consumer of the topic is created with. */
    final Map<String, Object> consumerProperties() {
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
    public long stored() throws Exception {
        return broker.lag(topic);
    }

    /** Ends the consumer. */
    abstract void endConsumer() throws Exception;

    @Override
    public final void close() throws Exception {
        endConsumer();
        producer.close();
        broker.delete(topic);
    }
}
