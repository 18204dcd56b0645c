/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.benchmarks.stores.StoredBatcher.Options;
import io.batcher.store.jdbc.JdbcStore;
import java.nio.file.Path;

/** Batchers that keep their items in a file. */
final class FileRows {

    private static final Options KEYED = new Options(4, 4, 1, false);
    private static final int LATENCIES = 300;

    private FileRows() {}

    static void run(int rounds, long millis) throws Exception {
        through("file, through, 16 threads, an item a call", Measure.through(16, 1, millis), rounds);
        through("file, through, 16 threads, 1,000 items a call", Measure.through(16, 1_000, millis), rounds);
        for (int threads : new int[] {1, 16, 64}) {
            new Comparison("file, adds, threads: " + threads, Measure.adds(threads, 1, millis))
                    .with("SQLite by hand", FileRows::loop)
                    .with("Batcher", handled -> batcher(handled, Options.PLAIN))
                    .run(rounds);
        }
        new Comparison("file, add to handler with `eager`, in µs", Measure.latency(LATENCIES))
                .with("one fsync", FileRows::fsync)
                .with("Batcher", handled -> batcher(handled, Options.EAGER))
                .run(rounds);
    }

    private static void through(String title, Measure measure, int rounds) throws Exception {
        new Comparison(title, measure)
                .with("SQLite by hand", FileRows::loop)
                .with("Batcher", handled -> batcher(handled, Options.PLAIN))
                .with("Batcher, 4 partitions", handled -> batcher(handled, KEYED))
                .run(rounds);
    }

    private static StoreContender loop(Handled handled) throws Exception {
        Path directory = Directories.create();
        return Directories.deleting(directory, new SqliteLoop(directory, handled));
    }

    private static StoreContender fsync(Handled handled) throws Exception {
        Path directory = Directories.create();
        return Directories.deleting(directory, new Fsync(directory, handled));
    }

    private static StoreContender batcher(Handled handled, Options options) throws Exception {
        Path directory = Directories.create();
        JdbcStore store = JdbcStore.file(directory.resolve("store"));
        return Directories.deleting(directory, new StoredBatcher(store, options, handled, null));
    }
}
