/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import io.batcher.store.kafka.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.h2.tools.Server;
import org.springframework.util.FileSystemUtils;

/**
 * A Kafka broker, a database for the cloud, and two gateways with the profile "kafka", each a process of its own; see the README.
 * Arguments are those of the gateways; with {@code --spring.kafka.bootstrap-servers} it starts no broker. Ends with Ctrl-C, or with the
 * gateways.
 */
public final class TwoGatewaysOnKafka {

    private static final int BROKER_PORT = 9092;

    private TwoGatewaysOnKafka() {}

    public static void main(String[] args) throws Exception {
        System.setProperty("logback.configurationFile", "broker-logback.xml"); // warnings only
        Server database =
                Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        Path directory = Files.createTempDirectory("batcher-kafka");
        GatewayProcesses gateways = new GatewayProcesses();
        gateways.stopAtEnd(() -> FileSystemUtils.deleteRecursively(directory));
        if (Stream.of(args).noneMatch(argument -> argument.startsWith("--spring.kafka.bootstrap-servers"))) {
            System.out.println("Starting a Kafka broker at localhost:" + BROKER_PORT + " ...");
            Broker broker = new Broker(directory, BROKER_PORT);
            gateways.stopAtEnd(broker);
            broker.createFor("batcher-", "readings", 16);
        }
        gateways.run("kafka", "jdbc:h2:tcp://localhost:" + database.getPort() + "/mem:cloud;DB_CLOSE_DELAY=-1", args);
        System.exit(0);
    }
}
