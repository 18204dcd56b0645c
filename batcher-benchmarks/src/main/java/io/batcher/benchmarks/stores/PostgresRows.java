/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.benchmarks.stores.PostgresLoop.Delivery;
import io.batcher.benchmarks.stores.PostgresLoop.Insert;
import io.batcher.benchmarks.stores.StoredBatcher.Options;
import io.batcher.store.jdbc.JdbcStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Batchers that keep their items in PostgreSQL. */
final class PostgresRows {

    private static final int BACKLOG = 200_000;

    /** How many items other libraries get: they are slower. */
    private static final int PEERS = 2_000;

    private static final Delivery BARE = new Delivery(1_000, false, 0, false);
    private static final Delivery WAITING = new Delivery(1_000, false, 10, false);
    private static final Delivery USUAL = new Delivery(100, true, 10, false);
    private static final Delivery USUAL_500 = new Delivery(100, true, 500, true);

    private final Postgres postgres;

    PostgresRows(Postgres postgres) {
        this.postgres = postgres;
    }

    void run(int rounds, long millis) throws Exception {
        new Comparison("PostgreSQL, drain", Measure.drain(BACKLOG))
                .with("by hand, batches of 1,000", loop(Insert.GROUPED, BARE))
                .with("Batcher", batcher(Options.PLAIN))
                .with("Batcher, 4 partitions, 2 calls at once", batcher(new Options(4, 2, 1, false)))
                .with("the same, 2 instances", batcher(new Options(4, 2, 2, false)))
                .with("by hand, skip locked, batches of 100", BACKLOG / 4, loop(Insert.GROUPED, USUAL))
                .with("db-scheduler", PEERS, handled -> new DbSchedulerContender(postgres, handled))
                .with("Namastack Outbox", PEERS, handled -> new NamastackContender(postgres, handled))
                .with("Spring Modulith", PEERS, handled -> new ModulithContender(postgres, handled))
                .run(rounds);
        new Comparison("PostgreSQL, through, 16 threads", Measure.through(16, 1, millis))
                .with("by hand, group commit, waits 10 ms", loop(Insert.GROUPED, WAITING))
                .with("the same without a wait", loop(Insert.GROUPED, BARE))
                .with("Batcher", batcher(Options.PLAIN))
                .with("Batcher, 4 partitions, 4 calls at once", batcher(new Options(4, 4, 1, false)))
                .with("by hand, skip locked, batches of 100", loop(Insert.AUTO_COMMIT, USUAL))
                .with("the same each 500 ms", 500, loop(Insert.AUTO_COMMIT, USUAL_500))
                .with("db-scheduler", PEERS, handled -> new DbSchedulerContender(postgres, handled))
                .with("Namastack Outbox", PEERS, handled -> new NamastackContender(postgres, handled))
                .with("Spring Modulith", PEERS, handled -> new ModulithContender(postgres, handled))
                .run(rounds);
        for (int threads : new int[] {1, 16, 64}) {
            adds("PostgreSQL, adds, threads: " + threads, Measure.adds(threads, 1, millis), rounds);
        }
        adds("PostgreSQL, adds, 1 thread, 1,000 items a call", Measure.adds(1, 1_000, millis), rounds);
    }

    private void adds(String title, Measure measure, int rounds) throws Exception {
        new Comparison(title, measure)
                .with("by hand, group commit", loop(Insert.GROUPED, BARE))
                .with("by hand, auto-commit", loop(Insert.AUTO_COMMIT, BARE))
                .with("Batcher", batcher(Options.PLAIN))
                .run(rounds);
    }

    private StoreContender.Factory loop(Insert insert, Delivery delivery) {
        return handled -> new PostgresLoop(postgres, insert, delivery, handled);
    }

    private StoreContender.Factory batcher(Options options) {
        return handled -> new Instances(postgres, options, handled);
    }

    /** Batchers that share partitions. The first one adds. */
    private static final class Instances implements StoreContender {

        private final Postgres postgres;
        private final String prefix;
        private final List<StoredBatcher> all = new ArrayList<>();

        Instances(Postgres postgres, Options options, Handled handled) {
            this.postgres = postgres;
            this.prefix = postgres.newPrefix();
            for (int i = 0; i < options.instances(); i++) {
                JdbcStore store = JdbcStore.builder(postgres.dataSource())
                        .tablePrefix(prefix)
                        .pollInterval(Duration.ofMillis(options.instances() == 1 ? 1_000 : 100))
                        .build();
                all.add(new StoredBatcher(store, options, handled, () -> postgres.count(prefix + "item")));
            }
        }

        @Override
        public boolean isReadyBeforeAdds() {
            return true;
        }

        @Override
        public void add(byte[] item) {
            all.get(0).add(item);
        }

        @Override
        public void addAll(List<byte[]> items) {
            all.get(0).addAll(items);
        }

        /** {@inheritDoc} Each instance has its share then. */
        @Override
        public void deliver() throws InterruptedException {
            all.forEach(StoredBatcher::deliver);
            for (StoredBatcher each : all) {
                each.awaitShare();
            }
        }

        @Override
        public long stored() throws Exception {
            return all.get(0).stored();
        }

        @Override
        public void close() throws Exception {
            all.forEach(StoredBatcher::close);
            for (String table : List.of("item", "partition", "member", "dead_letter")) {
                postgres.execute("drop table " + prefix + table);
            }
        }
    }
}
