/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The properties of clients: what the guarantees of a store depend on is set, whatever was given; the rest is as given, with defaults
 * that suit a store.
 */
final class Settings {

    private static final String CLIENT_ID = "batcher";
    private static final int MAX_REQUEST_SIZE = 1 << 20;
    private static final int FETCH_MAX_WAIT_MILLIS = 100;

    /** What a broker takes unless its {@code transaction.max.timeout.ms} is set. */
    private static final int MAX_TRANSACTION_MILLIS = 900_000;

    private final String topicPrefix;
    private final Duration timeout;
    private final @Nullable String transactionalIdPrefix;
    private final Map<String, Object> admin;
    private final Map<String, Object> producer;
    private final Map<String, Object> consumer;

    Settings(
            String topicPrefix,
            Duration timeout,
            @Nullable String transactionalIdPrefix,
            Map<String, Object> admin,
            Map<String, Object> producer,
            Map<String, Object> consumer) {
        this.topicPrefix = topicPrefix;
        this.timeout = timeout;
        this.transactionalIdPrefix = transactionalIdPrefix;
        this.admin = Map.copyOf(admin);
        this.producer = Map.copyOf(producer);
        this.consumer = Map.copyOf(consumer);
    }

    String topicPrefix() {
        return topicPrefix;
    }

    Duration timeout() {
        return timeout;
    }

    boolean isTransactional() {
        return transactionalIdPrefix != null;
    }

    String servers() {
        Object servers = admin.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
        return servers instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
    }

    int maxRequestSize() {
        return integer(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_SIZE);
    }

    /** How long the group keeps the partitions of a process that is gone. */
    Duration sessionTimeout() {
        return Duration.ofMillis(integer(consumer, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 45_000));
    }

    /** How long a rebalance may wait for a batch in hand: less than the time after which the group excludes the process. */
    Duration holdLimit() {
        int millis = integer(consumer, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
        return Duration.ofMillis(millis * 4L / 5);
    }

    private static int integer(Map<String, Object> properties, String name, int otherwise) {
        Object value = properties.get(name);
        return value == null
                ? otherwise
                : Integer.parseInt(String.valueOf(value).trim());
    }

    Map<String, Object> admin() {
        Map<String, Object> all = client(admin, "");
        int millis = millis();
        all.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        all.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis);
        return all;
    }

    Map<String, Object> producer() {
        return producerWithId("");
    }

    private Map<String, Object> producerWithId(String suffix) {
        Map<String, Object> all = client(producer, suffix);
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        // A call waits for its records, so those of other threads gather while a request is on its way.
        all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0);
        int linger = integer(all, ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.max(millis(), linger + 1));
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, millis() - linger));
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis());
        return all;
    }

    /** Returns the properties of a producer of transactions, with an id that no other has. */
    Map<String, Object> transactionalProducer() {
        Map<String, Object> all = producerWithId("-transactions");
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalIdPrefix + "batcher-" + UUID.randomUUID());
        // What a killed process leaves open holds up readers until then.
        all.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.min(millis(), MAX_TRANSACTION_MILLIS));
        return all;
    }

    /** Returns the properties of the consumer that owns partitions. */
    Map<String, Object> consumer(String batcher, String group) {
        Map<String, Object> all = consumerWithId("-" + batcher);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
        all.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.name());
        all.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(BatcherAssignor.class));
        // The other instances learn with a heartbeat that one has left.
        int heartbeat = (int) Math.min(1_000, sessionTimeout().toMillis() / 3);
        all.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, heartbeat);
        // A partition that is resumed is not fetched before the fetch of the others has returned, which waits so long
        // if they are empty.
        all.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        // A poll may fill the window of a partition.
        all.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Window.FULL);
        return all;
    }

    /** Returns the properties of a consumer without a group. */
    Map<String, Object> reader(String batcher) {
        return consumerWithId("-" + batcher + "-reader");
    }

    private Map<String, Object> consumerWithId(String suffix) {
        Map<String, Object> all = client(consumer, suffix);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis());
        return all;
    }

    private static Map<String, Object> client(Map<String, Object> given, String suffix) {
        Map<String, Object> all = new HashMap<>(given);
        all.put(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                given.getOrDefault(CommonClientConfigs.CLIENT_ID_CONFIG, CLIENT_ID) + suffix);
        return all;
    }

    private int millis() {
        return Math.toIntExact(timeout.toMillis());
    }
}
