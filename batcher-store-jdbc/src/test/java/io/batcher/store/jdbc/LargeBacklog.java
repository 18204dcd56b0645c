/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that stores many items, or one that starts on them: it prints how long the first batch took and how many it handled. */
final class LargeBacklog {

    /** What a line begins with that its parent reads. */
    static final String RESULT = "result: ";

    /** The items of a batch. */
    static final int CALL = 1_000;

    private static final int PARTITIONS = 4;

    private LargeBacklog() {}

    /** Arguments: {@code fill}, {@code first} or {@code drain}, the directory, how many items to fill it with. */
    public static void main(String[] args) {
        long start = System.nanoTime();
        int items = Integer.parseInt(args[2]);
        BatcherBuilder<byte[]> builder = Batcher.<byte[]>builder("readings")
                .store(JdbcStore.file(Path.of(args[1])))
                .codec(ItemCodec.bytes())
                .key(item -> item[0])
                .partitions(PARTITIONS)
                .concurrency(PARTITIONS)
                .maxBatchSize(CALL);
        switch (args[0]) {
            case "fill" -> fill(builder, items);
            case "first" -> first(builder, start);
            default -> drain(builder);
        }
    }

    private static void fill(BatcherBuilder<byte[]> builder, int items) {
        try (Batcher<byte[]> batcher =
                builder.handler(batch -> {}).autoFlush(false).build()) {
            batcher.pause();
            for (int i = 0; i < items; i += CALL) {
                List<byte[]> call = new ArrayList<>();
                for (int j = 0; j < CALL; j++) {
                    byte[] item = new byte[100];
                    item[0] = (byte) j;
                    call.add(item);
                }
                batcher.addMany(call);
            }
        }
    }

    /** Ends the process inside the first call of the handler, so that everything stays stored. */
    private static void first(BatcherBuilder<byte[]> builder, long start) {
        try (Batcher<byte[]> batcher =
                builder.handler(batch -> endWith(System.nanoTime() - start)).build()) {
            Waiting.until(
                    "the process ends",
                    Duration.ofMinutes(1),
                    () -> batcher.stats().depth() == 0);
        }
    }

    private static synchronized void endWith(long nanos) {
        System.out.println(RESULT + TimeUnit.NANOSECONDS.toMillis(nanos));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void drain(BatcherBuilder<byte[]> builder) {
        AtomicInteger handled = new AtomicInteger();
        try (Batcher<byte[]> batcher =
                builder.handler(batch -> handled.addAndGet(batch.size())).build()) {
            Waiting.until(
                    "all are handled",
                    Duration.ofMinutes(2),
                    () -> batcher.stats().depth() == 0);
        }
        System.out.println(RESULT + handled);
    }
}
