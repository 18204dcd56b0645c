/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.DeadItem;
import io.batcher.store.NewItem;
import io.batcher.store.StoredItem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How an item is a record: the value is its payload, a header has its type, and there is no key. A record of the dead-letter topic says
 * besides where the item stood and why it was given up. Part of the stored format.
 */
final class Records {

    static final String TYPE = "batcher-type";
    static final String PARTITION = "batcher-partition";
    static final String OFFSET = "batcher-offset";
    static final String ATTEMPTS = "batcher-attempts";
    static final String ERROR = "batcher-error";

    /** What a record has besides its payload, at most: the longest type, and as a dead letter the longest reason. */
    static final int OVERHEAD = 1_536;

    private static final String UNREADABLE = "unreadable";

    private Records() {}

    static ProducerRecord<byte[], byte[]> record(String topic, NewItem item) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, item.partition(), null, item.payload());
        add(record.headers(), TYPE, item.type());
        return record;
    }

    /** Returns the item, or empty if the record is no item: another program has written it. */
    static Optional<StoredItem> item(ConsumerRecord<byte[], byte[]> record) {
        String type = text(record.headers(), TYPE);
        byte @Nullable [] payload = record.value();
        if (type == null || payload == null) {
            return Optional.empty();
        }
        Duration age = age(record.timestamp());
        return Optional.of(new StoredItem(new KafkaPosition(record.partition(), record.offset()), type, payload, age));
    }

    /** Returns how long ago a record was written. */
    static Duration age(long timestamp) {
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - timestamp));
    }

    static ProducerRecord<byte[], byte[]> deadLetter(String topic, int partition, DeadItem dead) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, null, dead.item().payload());
        add(record.headers(), TYPE, dead.item().type());
        KafkaPosition position = (KafkaPosition) dead.item().position();
        reason(record.headers(), position, dead.attempts(), dead.errorType());
        return record;
    }

    /** Returns the dead letter of a record that is no item, as it is. */
    static ProducerRecord<byte[], byte[]> unreadable(
            String topic, int partition, ConsumerRecord<byte[], byte[]> original) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                partition,
                null,
                original.key(),
                original.value(),
                List.of(original.headers().toArray()));
        reason(record.headers(), new KafkaPosition(original.partition(), original.offset()), 0, UNREADABLE);
        return record;
    }

    private static void reason(Headers headers, KafkaPosition position, int attempts, String error) {
        add(headers, PARTITION, String.valueOf(position.partition()));
        add(headers, OFFSET, String.valueOf(position.offset()));
        add(headers, ATTEMPTS, String.valueOf(attempts));
        add(headers, ERROR, error);
    }

    /** Returns where the item of a dead letter stood, or empty if another program has written it. */
    static Optional<KafkaPosition> origin(ConsumerRecord<byte[], byte[]> letter) {
        String partition = text(letter.headers(), PARTITION);
        String offset = text(letter.headers(), OFFSET);
        if (partition == null || offset == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KafkaPosition(Integer.parseInt(partition), Long.parseLong(offset)));
        } catch (NumberFormatException e) {
            // No batcher has written it.
            return Optional.empty();
        }
    }

    private static void add(Headers headers, String name, String text) {
        headers.add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
