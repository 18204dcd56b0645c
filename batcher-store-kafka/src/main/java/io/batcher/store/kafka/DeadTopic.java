/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.DeadItem;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes to the dead-letter topic of a batcher. A call that fails may have written some of its letters. */
final class DeadTopic {

    private final String topic;
    private final int partitions;
    private final Appender appender;

    DeadTopic(String topic, int partitions, Appender appender) {
        this.topic = topic;
        this.partitions = partitions;
        this.appender = appender;
    }

    void add(List<DeadItem> items) {
        send(items.stream()
                .map(item -> Records.deadLetter(
                        topic, partition(((KafkaPosition) item.item().position()).partition()), item))
                .toList());
    }

    /** Writes records that are no items, as they are. */
    void buryUnreadable(List<ConsumerRecord<byte[], byte[]>> records) {
        send(records.stream()
                .map(record -> Records.unreadable(topic, partition(record.partition()), record))
                .toList());
    }

    private void send(List<ProducerRecord<byte[], byte[]>> letters) {
        appender.send("write dead letters to topic " + topic, letters);
    }

    private int partition(int ofItem) {
        return ofItem % partitions;
    }
}
