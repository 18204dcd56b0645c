/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherStoreException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.KeyHash;
import io.batcher.store.fixtures.CrashLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * An instance with a batcher on Kafka that it shares with other instances, for tests that end it or stop it for a while. It writes the lines
 * that {@link io.batcher.store.fixtures.CrashVerdict} judges: {@code R} ready; {@code A item...} acknowledged; {@code D partition id attempt
 * item...} handed to the handler; {@code F} an outcome was fenced.
 */
public final class KafkaWorker {

    static final String BATCHER = "shared";
    static final int PARTITIONS = 4;

    /** How many items a call adds; each has a key of its own. */
    static final int CALL = 10;

    static final Duration SESSION = Duration.ofSeconds(3);

    /** What a killed process leaves open holds up the others until then. */
    private static final int TRANSACTION_MILLIS = 2_000;

    private static final int ADDERS = 2;

    private KafkaWorker() {}

    /**
     * Adds until the process is killed, or closes its batcher when it is terminated. Arguments: the servers, the topic prefix, a name of
     * this run, the file of the log, and "drain" to add nothing and end when nothing is left.
     */
    public static void main(String[] args) {
        CrashLog log = new CrashLog(Path.of(args[3]));
        Batcher<String> batcher = builder(args[0], args[1], log).build();
        log.write("R");
        if (args.length > 4) {
            drain(batcher);
            batcher.close();
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(batcher::close));
        IntStream.range(0, ADDERS)
                .forEach(thread -> new Thread(() -> add(batcher, args[2] + "-" + thread, log), "adder").start());
    }

    /** Begins a batcher whose handler writes to a log. */
    static BatcherBuilder<String> builder(String servers, String prefix, CrashLog log) {
        KafkaStore store = KafkaStore.builder(Map.of("bootstrap.servers", servers))
                .consumerProperties(
                        Map.of("session.timeout.ms", (int) SESSION.toMillis(), "heartbeat.interval.ms", 200))
                .producerProperties(Map.of("transaction.timeout.ms", TRANSACTION_MILLIS))
                .topicPrefix(prefix)
                .transactionalIdPrefix(prefix)
                .build();
        return Batcher.<String>builder(BATCHER)
                .store(store)
                .codec(ItemCodec.strings())
                .key(KafkaWorker::key)
                .partitions(PARTITIONS)
                .concurrency(2)
                .maxBatchSize(50)
                .retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build())
                .onError(failure -> {})
                .interval(Duration.ofMillis(5))
                .handler(batch -> handle(batch, log));
    }

    private static String key(String item) {
        return item.substring(item.length() - 1);
    }

    /** Returns what the items of a call have in common. */
    static String callOf(String item) {
        return item.substring(0, item.length() - 1);
    }

    /** Takes most of the time, so that most kills and stops come while a batch is with the handler. */
    private static void handle(Batch<String> batch, CrashLog log) {
        log.write("D " + KeyHash.partition(key(batch.get(0)), PARTITIONS) + " " + batch.id() + " " + batch.attempt()
                + " " + String.join(" ", batch));
        pause(30);
    }

    private static void add(Batcher<String> batcher, String thread, CrashLog log) {
        long fenced = 0;
        for (int call = 0; ; call++) {
            List<String> items = items(thread, call);
            try {
                batcher.addMany(items);
                log.write("A " + String.join(" ", items));
            } catch (BatcherClosedException e) {
                return;
            } catch (BatcherStoreException e) {
                pause(10);
            }
            if (thread.endsWith("-0")) {
                for (; fenced < batcher.stats().fenced(); fenced++) {
                    log.write("F");
                }
            }
            pause(20);
        }
    }

    private static List<String> items(String thread, int call) {
        return IntStream.range(0, CALL)
                .mapToObj(i -> String.format("%s-%07d", thread, call * CALL + i))
                .toList();
    }

    private static void drain(Batcher<String> batcher) {
        while (batcher.stats().depth() > 0 || batcher.stats().lanes() < PARTITIONS) {
            pause(50);
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
