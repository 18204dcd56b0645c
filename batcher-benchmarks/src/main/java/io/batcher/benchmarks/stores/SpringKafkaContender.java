/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

/** A batch listener of Spring Kafka, whose container commits after each batch it has polled. */
final class SpringKafkaContender extends KafkaContender {

    private final Handled handled;
    private @Nullable KafkaMessageListenerContainer<byte[], byte[]> container;

    SpringKafkaContender(KafkaBroker broker, Handled handled) throws Exception {
        super(broker);
        this.handled = handled;
    }

    @Override
    public void deliver() throws InterruptedException {
        CountDownLatch assigned = new CountDownLatch(1);
        ContainerProperties properties = new ContainerProperties(topic());
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setMessageListener((BatchMessageListener<byte[], byte[]>) records -> handled.add(records.size()));
        properties.setConsumerRebalanceListener(new ConsumerAwareRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
                assigned.countDown();
            }
        });
        container = new KafkaMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(
                        consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                properties);
        container.start();
        assigned.await();
    }

    @Override
    void endConsumer() {
        if (container != null) {
            container.stop();
        }
    }
}
