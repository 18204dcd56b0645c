/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.BatchRecord;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transactions that take their ids in one order and commit in another, while batches are begun, settled and restored. */
class PostgresInterleavingTest {

    private static final int RUNS = Integer.getInteger("batcher.interleavings", 25);

    private final String prefix = Postgres.newPrefix();
    private final OpenConnection joined = new OpenConnection();

    private JdbcStore newStore() {
        return JdbcStore.builder(Postgres.pool())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(20))
                .lease(Duration.ofMillis(100))
                .transactions(joined)
                .build();
    }

    @Test
    void everyCommittedItemIsDeliveredAndABatchKeepsItsContent() throws Exception {
        for (int seed = 0; seed < RUNS; seed++) {
            new Run(seed).go();
        }
    }

    /** One batcher with a few transactions in a random order. */
    private final class Run {
        private final Random random;
        private final String batcher;
        private final List<Connection> open = new ArrayList<>();
        private final List<List<String>> uncommitted = new ArrayList<>();
        private final List<String> committed = new ArrayList<>();
        private final List<String> delivered = new ArrayList<>();
        private JdbcStore store = newStore();
        private TestProcess process;
        private Partition partition;
        private BatchRecord inHand;
        private int items;
        private int batches;

        Run(int seed) {
            this.random = new Random(seed);
            this.batcher = "run-" + seed;
        }

        void go() throws SQLException {
            start();
            for (int step = 0; step < 25; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> begin();
                    case 2, 3 -> end();
                    case 4 -> addAlone();
                    case 5, 6 -> deliver();
                    default -> restart();
                }
            }
            while (!open.isEmpty()) {
                end();
            }
            for (int i = 0;
                    i < 50 && !(inHand == null && process.session().mark().isSettled());
                    i++) {
                deliver();
            }
            assertThat(delivered).as(batcher).containsExactlyInAnyOrderElementsOf(committed);
            process.session().close();
        }

        private void start() {
            process = TestProcess.start(store, batcher, 1);
            Waiting.until("the partition is owned", () -> process.owned.size() == 1);
            partition = process.owned.get(0);
        }

        private void begin() throws SQLException {
            Connection connection = Postgres.pool().getConnection();
            connection.setAutoCommit(false);
            open.add(connection);
            uncommitted.add(new ArrayList<>());
            joined.use(connection);
            String text = "i" + items++;
            process.session().currentTransaction().orElseThrow().append(TestProcess.items(0, text));
            joined.use(null);
            uncommitted.get(open.size() - 1).add(text);
        }

        private void end() throws SQLException {
            if (open.isEmpty()) {
                return;
            }
            int which = random.nextInt(open.size());
            Connection connection = open.remove(which);
            List<String> texts = uncommitted.remove(which);
            if (random.nextInt(4) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                committed.addAll(texts);
            }
            connection.close();
        }

        private void addAlone() {
            String text = "i" + items++;
            process.append(0, text);
            committed.add(text);
        }

        /** Begins a batch, or settles the one in hand. */
        private void deliver() {
            if (inHand == null) {
                List<StoredItem> next = partition.next(3, 1 << 20);
                if (!next.isEmpty()) {
                    inHand = new BatchRecord(batcher + "-" + ++batches, next, 1, 1);
                    partition.begin(inHand);
                }
            } else {
                partition.settle(Settlement.handled(inHand.items()));
                delivered.addAll(TestProcess.texts(inHand.items()));
                inHand = null;
            }
        }

        private void restart() {
            store.abandon();
            store = newStore();
            start();
            Optional<BatchRecord> recorded = partition.recorded();
            assertThat(recorded.isPresent()).as(batcher).isEqualTo(inHand != null);
            if (inHand != null) {
                assertThat(recorded.orElseThrow().id()).isEqualTo(inHand.id());
                assertThat(recorded.orElseThrow().items()).isEqualTo(inHand.items());
            }
        }
    }
}
