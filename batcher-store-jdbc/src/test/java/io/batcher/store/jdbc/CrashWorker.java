/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoreSession;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that adds items with two threads and delivers batches with one thread, through the interface of the store alone, until it
 * is killed. It writes what was acknowledged and what was delivered to a file.
 *
 * <p>Lines: {@code R} ready; {@code A item...} acknowledged; {@code D partition id attempt item...} handed to the
 * handler; {@code F} fenced; {@code L} told of a loss.
 */
final class CrashWorker {

    static final String BATCHER = "crash";
    static final int PARTITIONS = 4;
    private static final int MAX_BATCH = 50;

    private final String run;
    private final CrashLog log;
    private final TestProcess process;
    private final StoreSession session;

    /** Batches that the lanes hold: begun and not settled. */
    private final Map<Partition, BatchRecord> inHand = new ConcurrentHashMap<>();

    /** Batches whose begin is still to succeed. */
    private final Map<Partition, BatchRecord> frozen = new ConcurrentHashMap<>();

    private final Map<Partition, Boolean> seen = new ConcurrentHashMap<>();
    private long batches;

    CrashWorker(JdbcStore store, String run, Path log) {
        this.run = run;
        this.log = new CrashLog(log);
        this.process = TestProcess.start(store, BATCHER, PARTITIONS);
        this.session = process.session();
    }

    /** Arguments: what the store is on (a directory, or a JDBC address and a prefix), a name of this run, the file of the log. */
    public static void main(String[] args) {
        CrashWorker worker = new CrashWorker(CrashStores.open(args[0]), args[1], Path.of(args[2]));
        boolean drains = args.length > 3;
        worker.log.write("R");
        if (!drains) {
            for (int thread = 0; thread < 2; thread++) {
                int number = thread;
                Thread adder = new Thread(() -> worker.add(number), "adder-" + thread);
                adder.setDaemon(true);
                adder.start();
            }
        }
        worker.deliver(drains);
        worker.session.close();
    }

    private void add(int thread) {
        Random random = new Random(run.hashCode() + thread);
        for (int i = 0; ; i++) {
            List<NewItem> items = new ArrayList<>();
            StringBuilder line = new StringBuilder("A");
            int size = 1 + random.nextInt(5);
            for (int j = 0; j < size; j++) {
                String text = String.format("%s-%d-%07d", run, thread, i * 10 + j);
                items.add(TestProcess.item(random.nextInt(PARTITIONS), text));
                line.append(' ').append(text);
            }
            try {
                List<Position> positions = session.append(items);
                if (positions.size() == items.size()) {
                    log.write(line.toString());
                }
            } catch (BatcherStoreException e) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    /** Delivers until it is killed, or until nothing is left. */
    private void deliver(boolean drains) {
        int damage = 0;
        while (true) {
            process.releaseWaiting();
            for (; damage < process.damage.size(); damage++) {
                log.write("L " + process.damage.get(damage));
            }
            boolean idle = true;
            for (Partition partition : process.owned.values()) {
                try {
                    idle &= !deliver(partition);
                } catch (PartitionLostException e) {
                    log.write("F");
                    inHand.remove(partition);
                    frozen.remove(partition);
                    process.owned.remove(partition.number(), partition);
                    partition.release();
                } catch (BatcherStoreException e) {
                    LockSupport.parkNanos(10_000_000);
                }
            }
            if (idle) {
                if (drains
                        && process.owned.size() == PARTITIONS
                        && session.mark().isSettled()) {
                    return;
                }
                LockSupport.parkNanos(2_000_000);
            }
        }
    }

    private boolean deliver(Partition partition) {
        BatchRecord batch = inHand.get(partition);
        if (batch == null) {
            batch = frozen.get(partition);
            batch = batch == null ? nextBatch(partition) : batch;
            if (batch == null) {
                return false;
            }
            frozen.put(partition, batch);
            partition.begin(batch);
            frozen.remove(partition);
            inHand.put(partition, batch);
            StringBuilder line =
                    new StringBuilder("D " + partition.number() + " " + batch.id() + " " + batch.attempt());
            TestProcess.texts(batch.items()).forEach(text -> line.append(' ').append(text));
            log.write(line.toString());
        }
        partition.settle(Settlement.handled(batch.items()));
        inHand.remove(partition);
        return true;
    }

    private BatchRecord nextBatch(Partition partition) {
        if (!seen.containsKey(partition)) {
            var recorded = partition.recorded();
            seen.put(partition, true);
            if (recorded.isPresent()) {
                BatchRecord old = recorded.get();
                return new BatchRecord(old.id(), old.items(), old.attempt() + 1, old.counted() + 1);
            }
        }
        List<StoredItem> items = partition.next(MAX_BATCH, 1 << 20);
        return items.isEmpty() ? null : new BatchRecord(run + "/" + ++batches, items, 1, 1);
    }
}
