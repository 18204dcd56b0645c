/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import io.batcher.store.BatchRecord;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that stores many items, or one that starts on them: it prints how long the first batch took and how many it handled. */
final class LargeBacklog {

    /** What a line begins with that its parent reads. */
    static final String RESULT = "result: ";

    private static final int PARTITIONS = 4;
    private static final int CALL = 1_000;

    private LargeBacklog() {}

    /** Arguments: {@code fill} or {@code drain}, the directory, how many items. */
    public static void main(String[] args) {
        JdbcStore store = JdbcStore.file(Path.of(args[1]));
        int items = Integer.parseInt(args[2]);
        if (args[0].equals("fill")) {
            fill(store, items);
        } else {
            drain(store);
        }
    }

    private static void fill(JdbcStore store, int items) {
        TestProcess process = TestProcess.open(store, "readings", PARTITIONS);
        byte[] payload = new byte[100];
        for (int i = 0; i < items; i += CALL) {
            List<NewItem> call = new ArrayList<>();
            for (int j = 0; j < CALL; j++) {
                call.add(new NewItem(j % PARTITIONS, TestProcess.TYPE, payload));
            }
            process.session().append(call);
        }
        process.session().close();
    }

    private static void drain(JdbcStore store) {
        long start = System.nanoTime();
        TestProcess process = TestProcess.start(store, "readings", PARTITIONS);
        long first = 0;
        int handled = 0;
        int batches = 0;
        for (Partition partition : process.owned.values()) {
            for (List<StoredItem> next = partition.next(CALL, 1 << 24);
                    !next.isEmpty();
                    next = partition.next(CALL, 1 << 24)) {
                partition.begin(new BatchRecord("batch-" + batches++, next, 1, 1));
                first = first == 0 ? System.nanoTime() - start : first;
                partition.settle(Settlement.handled(next));
                handled += next.size();
            }
        }
        System.out.println(RESULT + "first batch after ms " + TimeUnit.NANOSECONDS.toMillis(first));
        System.out.println(RESULT + "handled " + handled);
        process.session().close();
    }
}
