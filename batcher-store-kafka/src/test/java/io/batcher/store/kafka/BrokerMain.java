/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Kafka broker, which is its own controller. Its directory survives the process. */
public final class BrokerMain {

    private BrokerMain() {}

    /** Arguments: directory, port, port of the controller. */
    public static void main(String[] args) throws IOException {
        // Where Spring Boot has brought Logback, which writes everything unless it is configured.
        System.setProperty("logback.configurationFile", "broker-logback.xml");
        Path directory = Path.of(args[0]);
        Path properties = directory.resolve("server.properties");
        Path data = directory.resolve("data");
        Files.writeString(
                properties,
                String.join(
                        "\n",
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@localhost:" + args[2],
                        "listeners=PLAINTEXT://localhost:" + args[1] + ",CONTROLLER://localhost:" + args[2],
                        "advertised.listeners=PLAINTEXT://localhost:" + args[1],
                        "controller.listener.names=CONTROLLER",
                        "log.dirs=" + data,
                        "offsets.topic.replication.factor=1",
                        "offsets.topic.num.partitions=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "transaction.state.log.num.partitions=1",
                        "transaction.abort.timed.out.transaction.cleanup.interval.ms=500",
                        "group.initial.rebalance.delay.ms=0",
                        "group.min.session.timeout.ms=100",
                        "auto.create.topics.enable=false",
                        "log.cleaner.enable=false"));
        if (!Files.exists(data.resolve("meta.properties"))) {
            String[] format = {"format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties.toString()};
            kafka.tools.StorageTool.execute(format, System.out);
        }
        kafka.Kafka.main(new String[] {properties.toString()});
    }
}
