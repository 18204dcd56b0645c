/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.junit.jupiter.api.Test;

/** The properties of clients, and what the store makes of answers and failures of clients. */
class ClientsTest {

    private static final String FETCH_WAIT = "fetch.max.wait.ms";
    private static final TopicPartition PARTITION = new TopicPartition("readings-dead", 0);

    private static Map<String, Object> consumer(Map<String, Object> given) {
        return new Settings("", Duration.ofSeconds(1), null, Map.of(), Map.of(), given)
                .consumer("readings", "readings");
    }

    @Test
    void emptyPartitionsHoldUpTheFetchOfOthersForAShortTime() {
        assertThat(consumer(Map.of())).containsEntry(FETCH_WAIT, 100);
        assertThat(consumer(Map.of(FETCH_WAIT, 500))).containsEntry(FETCH_WAIT, 500);
    }

    @Test
    void whatTheGuaranteesDependOnIsSetWhateverIsGiven() {
        Map<String, Object> careless = Map.of(
                "enable.auto.commit", true,
                "auto.offset.reset", "latest",
                "isolation.level", "read_uncommitted",
                "group.id", "other",
                "group.protocol", "consumer");
        assertThat(consumer(careless))
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("group.id", "readings")
                .containsEntry("group.protocol", "CLASSIC");
    }

    /** A broker refuses transactions that may stay open for longer than 15 min, unless it is set otherwise. */
    @Test
    void aTransactionStaysOpenNoLongerThanABrokerTakes() {
        Settings settings = new Settings("", Duration.ofMinutes(20), "readings-", Map.of(), Map.of(), Map.of());

        assertThat(settings.transactionalProducer()).containsEntry("transaction.timeout.ms", 900_000);
    }

    @Test
    void aFailureThatHasNoTypeOfItsOwnIsToldWithItsMessage() {
        assertThat(Failures.of("begin transactions", new KafkaException("the timeout is larger than the maximum")))
                .hasMessage(
                        "Kafka failed to begin transactions: KafkaException. the timeout is larger than the maximum");
    }

    @Test
    void aRefusedTransactionTimeoutIsToldWithTheSetting() {
        assertThat(Failures.of("begin transactions", new KafkaException(new InvalidTxnTimeoutException("x"))))
                .hasMessageContaining("InvalidTxnTimeoutException")
                .hasMessageContaining("transaction.max.timeout.ms");
    }

    // Reading single records

    @Test
    void aPartitionIsReadAgain() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        TopicReader reader = new TopicReader(() -> consumer, Duration.ofSeconds(2));
        List<Long> read = new ArrayList<>();

        for (long offset = 0; offset < 3; offset++) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset, null, new byte[1]);
            consumer.schedulePollTask(() -> consumer.addRecord(record));
            reader.read(Map.of(PARTITION, offset), Map.of(PARTITION, offset + 1), each -> read.add(each.offset()));
        }

        assertThat(read).containsExactly(0L, 1L, 2L);
        reader.close();
    }

    @Test
    void anAgeThatCannotBeReadIsNotZero() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        TopicReader reader = new TopicReader(() -> consumer, Duration.ofMillis(200));

        assertThatThrownBy(() -> reader.oldestAge(Map.of(PARTITION, 0L), Map.of(PARTITION, 1L)))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("within PT0.2S");
        reader.close();
    }

    // Appending

    /** Without an answer of a broker since the start there is nothing to send to: each record waits for the metadata of its topic. */
    @Test
    void aCallWithManyItemsFailsAfterOneTimeoutAndHasSentNothing() {
        Duration timeout = Duration.ofMillis(300);
        Map<String, Object> nowhere = Map.of("bootstrap.servers", "localhost:1");
        Settings settings = new Settings("", timeout, null, nowhere, nowhere, nowhere);
        Appender appender = new Appender(() -> Clients.REAL.producer(settings.producer()), timeout, null, asked -> {});
        List<ProducerRecord<byte[], byte[]>> records =
                Collections.nCopies(50, new ProducerRecord<>("readings", 0, null, new byte[1]));

        long start = System.nanoTime();
        assertThatThrownBy(() -> appender.append(records))
                .isInstanceOfSatisfying(
                        BatcherStoreException.class,
                        failure -> assertThat(failure.outcomeUnknown()).isFalse());

        // All records one after the other take 15 s.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        appender.close();
    }
}
