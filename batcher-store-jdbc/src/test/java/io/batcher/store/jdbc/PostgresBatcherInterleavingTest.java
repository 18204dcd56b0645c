/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.StoreTransaction;
import io.batcher.store.fixtures.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Transactions that take their ids in one order and commit in another, while a batcher delivers and its process is killed: nothing is
 * lost, a batch keeps its content, and what had committed before another add began is delivered before it.
 */
class PostgresBatcherInterleavingTest {

    private static final int RUNS =
            Integer.getInteger("batcher.interleavings", Boolean.getBoolean("batcher.soak") ? 1_000 : 10);
    private static final int STEPS = 30;
    private static final int MOST_KILLS = 2;

    private final String prefix = Postgres.newPrefix();
    private int kills;
    private int redelivered;
    private int batches;
    private int overtaken;

    @Test
    void everyCommittedItemIsDeliveredInItsPlaceByABatchThatKeepsItsContent() throws Exception {
        for (int seed = 0; seed < RUNS; seed++) {
            new Run(seed).go();
        }
        System.out.printf(
                "%d interleavings: %d batches, %d kills, %d redelivered, %d items committed behind a higher id%n",
                RUNS, batches, kills, redelivered, overtaken);
        assertThat(kills).isPositive();
        assertThat(overtaken).isPositive();
    }

    /** An item: when its add began and its transaction committed, in steps. */
    private record Item(String text, int begun) {}

    private record Open(Connection connection, List<Consumer<StoreTransaction.Outcome>> callbacks, Item item)
            implements ApplicationTransactions.Active {
        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void afterCompletion(Consumer<StoreTransaction.Outcome> callback) {
            callbacks.add(callback);
        }
    }

    /** A process with the batcher. */
    private final class Instance {
        private final List<Batch<String>> delivered;
        private final Semaphore permits = new Semaphore(0);
        private final Batcher<String> batcher;
        private final AtomicInteger entered = new AtomicInteger();
        private final AtomicInteger left = new AtomicInteger();
        private volatile boolean dead;

        Instance(Run run) {
            this.delivered = run.delivered;
            JdbcStore store = JdbcStore.builder(PostgresLink.to(Postgres.pool(), () -> dead))
                    .tablePrefix(prefix)
                    .pollInterval(Duration.ofMillis(20))
                    .lease(Duration.ofMillis(100))
                    .transactions(() -> Optional.ofNullable(run.current.get()))
                    .build();
            batcher = Batcher.<String>builder(run.name)
                    .store(store)
                    .codec(ItemCodec.strings())
                    .interval(Duration.ofMillis(2))
                    .maxBatchSize(3)
                    .retry(RetryPolicy.builder()
                            .delay(Duration.ofMillis(5))
                            .isolatePoison(false)
                            .build())
                    .onError(failure -> {})
                    .shutdownTimeout(Duration.ofSeconds(20))
                    .handler(this::handle)
                    .build();
        }

        private void handle(Batch<String> batch) throws InterruptedException {
            delivered.add(batch);
            entered.incrementAndGet();
            permits.acquire();
            left.incrementAndGet();
        }

        boolean isHandling() {
            return entered.get() > left.get();
        }

        /** Lets the handler return. */
        void proceed() {
            int before = left.get();
            permits.release();
            Waiting.until("the handler returns", Duration.ofMinutes(1), () -> left.get() > before);
        }

        /** Ends the process: nothing that it does reaches the database any more. */
        void kill() {
            dead = true;
            permits.release(1_000);
            batcher.close(Duration.ofMillis(20));
        }
    }

    private final class Run {
        private final Random random;
        private final String name;
        private final ThreadLocal<Open> current = new ThreadLocal<>();
        private final List<Open> open = new ArrayList<>();
        private final Map<Item, Integer> committed = new HashMap<>();
        private final List<Batch<String>> delivered = new CopyOnWriteArrayList<>();
        private Instance instance;
        private int step;
        private int items;
        private int killed;

        Run(int seed) {
            this.random = new Random(seed);
            this.name = "run-" + seed;
        }

        void go() throws Exception {
            instance = new Instance(this);
            for (step = 1; step <= STEPS; step++) {
                switch (random.nextInt(9)) {
                    case 0, 1 -> begin();
                    case 2, 3 -> end();
                    case 4 -> addAlone();
                    case 5, 6, 7 -> deliver();
                    default -> kill();
                }
            }
            while (!open.isEmpty()) {
                end();
            }
            instance.permits.release(1_000);
            Waiting.until(
                    "all of " + name,
                    Duration.ofMinutes(1),
                    () -> texts(delivered)
                            .containsAll(
                                    committed.keySet().stream().map(Item::text).toList()));
            instance.batcher.flush().get(60, TimeUnit.SECONDS);
            instance.batcher.close();
            check();
        }

        private Item newItem() {
            return new Item("i" + items++, step);
        }

        private void begin() throws SQLException {
            Connection connection = Postgres.pool().getConnection();
            connection.setAutoCommit(false);
            Open transaction = new Open(connection, new ArrayList<>(), newItem());
            open.add(transaction);
            current.set(transaction);
            instance.batcher.add(transaction.item().text());
            current.remove();
        }

        private void end() throws SQLException {
            if (open.isEmpty()) {
                return;
            }
            Open transaction = open.remove(random.nextInt(open.size()));
            boolean rollsBack = random.nextInt(4) == 0;
            if (rollsBack) {
                transaction.connection().rollback();
            } else {
                transaction.connection().commit();
                overtaken += committed.keySet().stream()
                                .anyMatch(other ->
                                        other.begun() > transaction.item().begun())
                        ? 1
                        : 0;
                committed.put(transaction.item(), step);
            }
            transaction.connection().close();
            transaction
                    .callbacks()
                    .forEach(callback -> callback.accept(
                            rollsBack ? StoreTransaction.Outcome.ROLLED_BACK : StoreTransaction.Outcome.COMMITTED));
        }

        private void addAlone() {
            Item item = newItem();
            instance.batcher.add(item.text());
            committed.put(item, step);
        }

        /** Lets the batch end that is with the handler, once there is one, if there is anything to deliver. */
        private void deliver() {
            boolean all = texts(delivered)
                    .containsAll(committed.keySet().stream().map(Item::text).toList());
            if (!all || instance.isHandling()) {
                Waiting.until("a batch of " + name, Duration.ofMinutes(1), instance::isHandling);
                instance.proceed();
            }
        }

        private void kill() {
            if (killed < MOST_KILLS) {
                killed++;
                instance.kill();
                instance = new Instance(this);
            }
        }

        private void check() {
            Map<String, List<String>> contents = new HashMap<>();
            Map<String, Integer> attempts = new HashMap<>();
            List<String> firsts = new ArrayList<>();
            int again = 0;
            for (Batch<String> batch : delivered) {
                List<String> known = contents.putIfAbsent(batch.id(), List.copyOf(batch));
                if (known == null) {
                    firsts.addAll(batch);
                } else {
                    again++;
                    assertThat(List.copyOf(batch)).as(name + " " + batch.id()).isEqualTo(known);
                }
                assertThat(batch.attempt()).as(name).isGreaterThan(attempts.getOrDefault(batch.id(), 0));
                attempts.put(batch.id(), batch.attempt());
            }
            assertThat(again).as(name).isLessThanOrEqualTo(killed);
            assertThat(firsts)
                    .as(name)
                    .containsExactlyInAnyOrderElementsOf(
                            committed.keySet().stream().map(Item::text).toList());
            committed.forEach((early, end) -> committed.keySet().stream()
                    .filter(late -> late.begun() > end)
                    .forEach(late -> assertThat(firsts.indexOf(early.text()))
                            .as("%s: %s before %s", name, early, late)
                            .isLessThan(firsts.indexOf(late.text()))));
            kills += killed;
            redelivered += again;
            batches += contents.size();
        }
    }

    private static Set<String> texts(List<Batch<String>> batches) {
        Set<String> texts = new HashSet<>();
        batches.forEach(texts::addAll);
        return texts;
    }
}
