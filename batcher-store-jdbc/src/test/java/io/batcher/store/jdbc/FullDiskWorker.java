/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.CrashLog;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * A process that adds to a file store until its disk is full, goes on adding, delivers, and then frees the disk. It writes the lines that
 * {@link io.batcher.store.fixtures.CrashVerdict} judges, and {@code N} for an add that was refused, {@code U} for one whose outcome is
 * unknown, {@code F item} for the first add after the disk was freed.
 */
public final class FullDiskWorker {

    private static final int OTHER_FILE = 3 << 20;
    private static final int ITEM = 4_000;
    private static final int REFUSED = 200;

    private FullDiskWorker() {}

    /** Arguments: the directory on the disk, the file of the log, which is on another disk. */
    public static void main(String[] args) throws Exception {
        Path disk = Path.of(args[0]);
        Files.write(disk.resolve("other"), new byte[OTHER_FILE]);
        try (CrashLog log = new CrashLog(Path.of(args[1]));
                Batcher<String> batcher = Batcher.<String>builder("readings")
                        .store(JdbcStore.file(disk.resolve("store")))
                        .codec(ItemCodec.strings())
                        .interval(Duration.ofMillis(20))
                        .maxBatchSize(50)
                        .onError(failure -> {})
                        .handler(batch -> {
                            StringBuilder line = new StringBuilder("D 0 " + batch.id() + " " + batch.attempt());
                            batch.forEach(item -> line.append(' ').append(name(item)));
                            log.write(line.toString());
                        })
                        .build()) {
            batcher.pause();
            Random random = new Random(1);
            int refused = 0;
            for (int i = 0; refused < REFUSED; i++) {
                refused += add(batcher, log, i, random.nextInt(2 * ITEM)) ? 0 : 1;
            }
            batcher.resume();
            Waiting.pause(Duration.ofSeconds(1)); // it tries to deliver on the full disk
            Files.delete(disk.resolve("other"));
            Waiting.until("the store takes items again", () -> add(batcher, log, 9_000_000, 10));
            log.write("F " + item(9_000_000));
            Waiting.until("all are handled", () -> batcher.stats().depth() == 0);
            log.write("S " + batcher.stats().storeFailure().isEmpty());
        }
    }

    private static boolean add(Batcher<String> batcher, CrashLog log, int number, int length) {
        try {
            batcher.add(item(number) + ":" + "x".repeat(length));
            log.write("A " + item(number));
            return true;
        } catch (BatcherStoreException e) {
            log.write(e.outcomeUnknown() ? "U " + item(number) : "N " + item(number));
            return false;
        }
    }

    private static String item(int number) {
        return String.format("run-%07d", number);
    }

    private static String name(String item) {
        return item.substring(0, item.indexOf(':'));
    }
}
