/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStoreException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.KeyHash;
import io.batcher.store.fixtures.CrashLog;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An instance with two batchers on PostgreSQL that it shares with other instances, for tests that end it or stop it for a while. The
 * handler of the first writes the lines that {@link io.batcher.store.fixtures.CrashVerdict} judges, and {@code F} when an outcome was
 * fenced. The handler of the second is transactional: it writes the items into a table.
 */
public final class SharingWorker {

    static final int PARTITIONS = 4;
    static final String EFFECTS = "crash_effect";

    private final String run;
    private final TestTransactions transactions;
    private final JdbcStore store;
    private final CrashLog log;
    private final CrashLog transactionalLog;

    private SharingWorker(String address, String run, Path log) {
        this.run = run;
        this.transactions = new TestTransactions(CrashStores.dataSource(address));
        this.store = CrashStores.shared(address, transactions);
        this.log = new CrashLog(log);
        this.transactionalLog = new CrashLog(transactionalLog(log));
    }

    /** The file in which the items are that the second batcher has accepted. */
    static Path transactionalLog(Path log) {
        return Path.of(log + "-transactional");
    }

    /** Arguments: the address of the store, a name of this run, the file of the log; one more to end when nothing is left. */
    public static void main(String[] args) throws Exception {
        SharingWorker worker = new SharingWorker(args[0], args[1], Path.of(args[2]));
        try (Batcher<String> plain =
                        worker.builder("plain").handler(worker::handle).build();
                Batcher<String> transactional = worker.builder("transactional")
                        .transactional(true)
                        .handler(worker::insert)
                        .build()) {
            worker.log.write("R");
            if (args.length > 3) {
                plain.flush().get(100, TimeUnit.SECONDS);
                transactional.flush().get(100, TimeUnit.SECONDS);
            } else {
                Thread adder = new Thread(() -> worker.add(transactional, worker.transactionalLog), "adder");
                adder.setDaemon(true);
                adder.start();
                worker.add(plain, worker.log);
            }
        }
    }

    private BatcherBuilder<String> builder(String name) {
        return Batcher.<String>builder(name)
                .store(store)
                .codec(ItemCodec.strings())
                .key(SharingWorker::key)
                .partitions(PARTITIONS)
                .concurrency(2)
                .maxBatchSize(50)
                .retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build())
                .onError(failure -> {})
                .interval(Duration.ofMillis(5));
    }

    private static String key(String item) {
        return item.substring(item.length() - 1);
    }

    private void handle(Batch<String> batch) {
        log.write("D " + KeyHash.partition(key(batch.get(0)), PARTITIONS) + " " + batch.id() + " " + batch.attempt()
                + " " + String.join(" ", batch));
        pause(30);
    }

    private void insert(Batch<String> batch) throws SQLException {
        try (PreparedStatement insert =
                transactions.connection().prepareStatement("insert into " + EFFECTS + " values (?)")) {
            for (String item : batch) {
                insert.setString(1, item);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        pause(5);
    }

    /** Takes most of the time, so that most kills and stops come while a batch is with the handler. */
    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Adds until the process is killed. */
    private void add(Batcher<String> batcher, CrashLog acknowledged) {
        Random random = new Random(run.hashCode());
        long fenced = 0;
        for (int i = 0; ; i++) {
            List<String> items = new ArrayList<>();
            for (int j = random.nextInt(5); j >= 0; j--) {
                items.add(String.format("%s-%07d", run, i * 10 + 4 - j));
            }
            try {
                batcher.addMany(items);
                acknowledged.write("A " + String.join(" ", items));
            } catch (BatcherStoreException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            for (; fenced < batcher.stats().fenced(); fenced++) {
                acknowledged.write("F");
            }
            pause(5); // leaves the processors to the handlers, and to the next process
        }
    }
}
