/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A Kafka broker, which is its own controller, in a process of its own. */
final class KafkaBroker implements AutoCloseable {

    static final int PARTITIONS = 4;

    private final Path directory = Directories.create();
    private final int port = freePort();
    private final AtomicInteger prefixes = new AtomicInteger();
    private final Process process;
    private final Admin admin;

    KafkaBroker() throws Exception {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KafkaBroker.class.getName(),
                        directory.toString(),
                        Integer.toString(port),
                        Integer.toString(freePort()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("broker.log").toFile())
                .start();
        admin = Admin.create(Map.of("bootstrap.servers", servers()));
        admin.describeCluster().nodes().get(60, TimeUnit.SECONDS);
    }

    /** The process of the broker. Arguments: directory, port, port of the controller. */
    public static void main(String[] args) throws IOException {
        Path properties = Path.of(args[0], "server.properties");
        Files.write(
                properties,
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@localhost:" + args[2],
                        "listeners=PLAINTEXT://localhost:" + args[1] + ",CONTROLLER://localhost:" + args[2],
                        "advertised.listeners=PLAINTEXT://localhost:" + args[1],
                        "controller.listener.names=CONTROLLER",
                        "log.dirs=" + Path.of(args[0], "data"),
                        "offsets.topic.replication.factor=1",
                        "offsets.topic.num.partitions=1",
                        "group.initial.rebalance.delay.ms=0",
                        "log.cleaner.enable=false"));
        String[] format = {"format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties.toString()};
        kafka.tools.StorageTool.execute(format, System.out);
        kafka.Kafka.main(new String[] {properties.toString()});
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String servers() {
        return "localhost:" + port;
    }

    /** Returns what the names of a contender's topics begin with. */
    String newPrefix() {
        return "t" + prefixes.incrementAndGet() + "-";
    }

    /** Creates the topics of a batcher. */
    void create(String topic) throws Exception {
        Map<String, String> forever = Map.of("retention.ms", "-1");
        Set<NewTopic> topics = Set.of(
                new NewTopic(topic, PARTITIONS, (short) 1).configs(forever),
                new NewTopic(topic + "-dead", 1, (short) 1).configs(forever));
        admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
        while (!isThere(topic) || !isThere(topic + "-dead")) {
            TimeUnit.MILLISECONDS.sleep(20); // the controller answers before the broker knows
        }
    }

    private boolean isThere(String topic) throws Exception {
        try {
            admin.describeTopics(Set.of(topic)).allTopicNames().get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Returns how many records of a topic the group of that name has not committed. */
    long lag(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            latest.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get(30, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                .partitionsToOffsetAndMetadata()
                .get(30, TimeUnit.SECONDS);
        long lag = 0;
        for (TopicPartition partition : ends.keySet()) {
            OffsetAndMetadata done = committed.get(partition);
            lag += ends.get(partition).offset() - (done == null ? 0 : done.offset());
        }
        return lag;
    }

    void delete(String topic) throws Exception {
        admin.deleteTopics(Set.of(topic, topic + "-dead")).all().get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        admin.close();
        process.destroyForcibly().waitFor();
        Directories.delete(directory);
    }
}
