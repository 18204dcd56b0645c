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
import java.util.concurrent.atomic.AtomicLong;

/** A process that stores many items, or one that starts on them: it prints how long the first batch took and how many it handled. */
final class LargeBacklog {

    /** What a line begins with that its parent reads. */
    static final String RESULT = "result: ";

    private static final int PARTITIONS = 4;
    private static final int CALL = 1_000;

    private LargeBacklog() {}

    /** Arguments: {@code fill} or {@code drain}, the directory, how many items. */
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
        if (args[0].equals("fill")) {
            fill(builder, items);
        } else {
            drain(builder, start);
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

    private static void drain(BatcherBuilder<byte[]> builder, long start) {
        AtomicLong first = new AtomicLong();
        AtomicInteger handled = new AtomicInteger();
        try (Batcher<byte[]> batcher = builder.handler(batch -> {
                    first.compareAndSet(0, System.nanoTime() - start);
                    handled.addAndGet(batch.size());
                })
                .build()) {
            Waiting.until(
                    "all are handled",
                    Duration.ofMinutes(2),
                    () -> batcher.stats().depth() == 0);
        }
        System.out.println(RESULT + "first batch after ms " + TimeUnit.NANOSECONDS.toMillis(first.get()));
        System.out.println(RESULT + "handled " + handled);
    }
}
