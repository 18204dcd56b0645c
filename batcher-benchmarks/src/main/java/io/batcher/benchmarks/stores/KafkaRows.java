/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.benchmarks.stores.StoredBatcher.Options;
import io.batcher.store.kafka.KafkaStore;
import java.util.List;
import java.util.Map;

/** Batchers that keep their items in Kafka. */
final class KafkaRows {

    private static final Options KEYED = new Options(KafkaBroker.PARTITIONS, KafkaBroker.PARTITIONS, 1, false);

    private final KafkaBroker broker;

    KafkaRows(KafkaBroker broker) {
        this.broker = broker;
    }

    void run(int rounds, long millis) throws Exception {
        through("Kafka, through, 16 threads, an item a call", Measure.through(16, 1, millis), rounds);
        through("Kafka, through, 16 threads, 1,000 items a call", Measure.through(16, 1_000, millis), rounds);
    }

    private void through(String title, Measure measure, int rounds) throws Exception {
        new Comparison(title, measure)
                .with("producer and consumer by hand", handled -> new KafkaLoop(broker, handled))
                .with("Batcher, 4 partitions", this::batcher)
                .with("batch listener of Spring Kafka", handled -> new SpringKafkaContender(broker, handled))
                .run(rounds);
    }

    private StoreContender batcher(Handled handled) throws Exception {
        String prefix = broker.newPrefix();
        String topic = prefix + StoredBatcher.NAME;
        broker.create(topic);
        KafkaStore store = KafkaStore.builder(Map.of("bootstrap.servers", broker.servers()))
                .topicPrefix(prefix)
                .build();
        StoredBatcher batcher = new StoredBatcher(store, KEYED, handled, () -> broker.lag(topic));
        return new StoreContender() {
            @Override
            public void add(byte[] item) {
                batcher.add(item);
            }

            @Override
            public void addAll(List<byte[]> items) {
                batcher.addAll(items);
            }

            @Override
            public void deliver() throws InterruptedException {
                batcher.deliver();
                batcher.awaitShare();
            }

            @Override
            public long stored() throws Exception {
                return batcher.stored();
            }

            @Override
            public void close() throws Exception {
                batcher.close();
                broker.delete(topic);
            }
        };
    }
}
