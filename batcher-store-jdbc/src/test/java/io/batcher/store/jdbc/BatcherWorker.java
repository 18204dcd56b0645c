/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.KeyHash;
import io.batcher.store.fixtures.CrashLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A process with a batcher, for tests that end it. It writes the lines that {@link io.batcher.store.fixtures.CrashVerdict} judges: {@code R}
 * ready; {@code A item...} acknowledged; {@code D partition id attempt item...} handed to the handler.
 */
public final class BatcherWorker {

    static final int PARTITIONS = 4;
    static final int GOOD = 200;
    static final String POISON = "poison";

    private BatcherWorker() {}

    /** Arguments: the directory of the store, a name of this run, the file of the log, what to do. */
    public static void main(String[] args) throws Exception {
        CrashLog log = new CrashLog(Path.of(args[2]));
        BatcherBuilder<String> builder = Batcher.<String>builder("worker")
                .store(CrashStores.file(args[0]))
                .codec(ItemCodec.strings())
                .interval(Duration.ofMillis(2));
        switch (args[3]) {
            case "add" -> add(keyed(builder, log).build(), args[1], log);
            case "drain" -> drain(keyed(builder, log).build());
            case "poison" -> poison(builder, log, Boolean.parseBoolean(args[4]));
            default -> throw new IllegalArgumentException(args[3]);
        }
    }

    private static BatcherBuilder<String> keyed(BatcherBuilder<String> builder, CrashLog log) {
        return builder.key(BatcherWorker::key)
                .partitions(PARTITIONS)
                .concurrency(2)
                .maxBatchSize(50)
                .handler(batch -> log.write(line(batch)));
    }

    private static String key(String item) {
        return item.substring(item.length() - 1);
    }

    private static String line(Batch<String> batch) {
        return "D " + KeyHash.partition(key(batch.get(0)), PARTITIONS) + " " + batch.id() + " " + batch.attempt() + " "
                + String.join(" ", batch);
    }

    /** Adds with two threads until the process is killed. */
    private static void add(Batcher<String> batcher, String run, CrashLog log) {
        log.write("R");
        IntStream.range(0, 2).parallel().forEach(thread -> {
            Random random = new Random(run.hashCode() + thread);
            for (int i = 0; ; i++) {
                List<String> items = new ArrayList<>();
                for (int j = random.nextInt(5); j >= 0; j--) {
                    items.add(String.format("%s-%d-%07d", run, thread, i * 10 + 4 - j));
                }
                batcher.addMany(items);
                log.write("A " + String.join(" ", items));
            }
        });
    }

    private static void drain(Batcher<String> batcher) throws Exception {
        batcher.drain().get(60, TimeUnit.SECONDS);
        batcher.close();
    }

    /** Adds good items and a bad one that ends the process, unless they are stored; ends normally when nothing is left. */
    private static void poison(BatcherBuilder<String> builder, CrashLog log, boolean isolatePoison) {
        Batcher<String> batcher = builder.retry(RetryPolicy.builder()
                        .maxAttempts(3)
                        .delay(Duration.ofMillis(1))
                        .isolatePoison(isolatePoison)
                        .build())
                .handler(batch -> {
                    log.write("D 0 " + batch.id() + " " + batch.attempt() + " " + String.join(" ", batch));
                    if (batch.contains(POISON)) {
                        Runtime.getRuntime().halt(3);
                    }
                    log.write("H " + String.join(" ", batch));
                })
                .onError(failure -> {})
                .onDeadLetter(letter -> log.write("X " + String.join(" ", letter.items())))
                .autoFlush(false)
                .build();
        if (batcher.stats().depth() == 0) {
            batcher.addMany(IntStream.rangeClosed(0, GOOD)
                    .mapToObj(i -> i == GOOD / 3 ? POISON : "good" + i)
                    .toList());
        }
        batcher.startAutoFlush();
        while (batcher.stats().depth() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        batcher.close();
    }
}
