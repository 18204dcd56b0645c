/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.store.fixtures.ChildJvm;
import io.batcher.store.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** A broker in a process of its own, and what tests ask of it. */
public final class Broker implements AutoCloseable {

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final Map<String, String> FOREVER = Map.of("retention.ms", "-1");

    private final Path directory;
    private final int port;
    private final int controllerPort = freePort();
    private final Admin admin;
    private Process process;

    Broker(Path directory) {
        this(directory, freePort());
    }

    public Broker(Path directory, int port) {
        this.directory = directory;
        this.port = port;
        this.process = start();
        this.admin = Admin.create(Map.of("bootstrap.servers", servers(), "client.id", "test"));
        await("describe the cluster", admin.describeCluster().nodes());
    }

    /** The broker of all tests of a JVM that leave it alone: it starts with its first use and ends with the JVM. */
    public static Broker shared() {
        return Shared.BROKER;
    }

    private static final class Shared {
        static final Broker BROKER = start();

        private static Broker start() {
            try {
                Path directory = Files.createTempDirectory("batcher-kafka");
                Broker broker = new Broker(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    broker.process.destroyForcibly();
                    delete(directory);
                }));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path directory) {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns a topic prefix that no other test has. */
    public static String newPrefix() {
        return "t" + PREFIXES.incrementAndGet() + "-";
    }

    public String servers() {
        return "localhost:" + port;
    }

    private Process start() {
        try {
            return ChildJvm.start(
                    BrokerMain.class,
                    512,
                    directory.resolve("broker.log"),
                    List.of(directory.toString(), String.valueOf(port), String.valueOf(controllerPort)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        ChildJvm.kill(process);
    }

    /** Starts it again, on what it has stored. */
    void restart() {
        process = start();
    }

    /** Creates a topic where it is missing. */
    void create(String topic, int partitions) {
        create(topic, partitions, FOREVER);
    }

    void create(String topic, int partitions, Map<String, String> config) {
        try {
            admin.createTopics(Set.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(topic, e);
            }
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(topic, e);
        }
    }

    /** Creates the topics of a batcher where they are missing. */
    public void createFor(String prefix, String batcher, int partitions) {
        create(prefix + batcher, partitions);
        create(prefix + batcher + "-dead", 1);
        // The controller answers before the broker knows.
        Waiting.until("topics of " + batcher, () -> isThere(prefix + batcher) && isThere(prefix + batcher + "-dead"));
    }

    private boolean isThere(String topic) {
        try {
            return admin.describeTopics(Set.of(topic))
                            .allTopicNames()
                            .get(30, TimeUnit.SECONDS)
                            .size()
                    == 1;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(topic, e);
        }
    }

    /** Reads a topic of one partition, as any program does. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> reader = Clients.REAL.consumer(Map.of("bootstrap.servers", servers()))) {
            reader.assign(Set.of(partition));
            reader.seekToBeginning(Set.of(partition));
            long end = reader.endOffsets(Set.of(partition)).get(partition);
            Waiting.until("records are read", Duration.ofSeconds(30), () -> {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= end;
            });
        }
        return records;
    }

    Admin admin() {
        return admin;
    }

    static <R> R await(String what, KafkaFuture<R> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new IllegalStateException(what, e);
        }
    }

    /** Returns the members of a group. */
    Collection<MemberDescription> members(String group) {
        return await(
                        "describe the group",
                        admin.describeConsumerGroups(Set.of(group))
                                .describedGroups()
                                .get(group))
                .members();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        admin.close(Duration.ZERO);
        kill();
    }
}
