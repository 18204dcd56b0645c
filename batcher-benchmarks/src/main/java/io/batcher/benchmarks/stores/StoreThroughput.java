/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * What batchers with a store do in a second, beside the same work written by hand and other libraries. Arguments: the parts to run, of
 * {@code file}, {@code postgres} and {@code kafka}; all unless given. Prints a Markdown table.
 */
public final class StoreThroughput {

    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long MILLIS = Long.getLong("millis", 1_000);

    /** Kept, so that its level is. */
    private static final Logger LOG = Logger.getLogger("io.batcher");

    private StoreThroughput() {}

    private static void keepLogsOutOfTheTable() {
        LOG.setLevel(Level.SEVERE); // a batcher tells of each pause
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .setLevel(ch.qos.logback.classic.Level.ERROR);
    }

    public static void main(String[] args) throws Exception {
        keepLogsOutOfTheTable();
        List<String> parts = args.length == 0 ? List.of("file", "postgres", "kafka") : List.of(args);
        System.out.println("| measure | contender | median | least to most | of the first |");
        System.out.println("|---|---|---:|---:|---:|");
        if (parts.contains("file")) {
            FileRows.run(ROUNDS, MILLIS);
        }
        if (parts.contains("postgres")) {
            try (Postgres postgres = new Postgres()) {
                new PostgresRows(postgres).run(ROUNDS, MILLIS);
            }
        }
        if (parts.contains("kafka")) {
            try (KafkaBroker broker = new KafkaBroker()) {
                new KafkaRows(broker).run(ROUNDS, MILLIS);
            }
        }
    }
}
