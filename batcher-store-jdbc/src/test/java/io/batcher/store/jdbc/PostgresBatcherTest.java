/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batchers on PostgreSQL, several of which share partitions, with real threads and time. */
@Timeout(120)
class PostgresBatcherTest {

    private static final int KEYS = 40;
    private static final int ITEMS = 3_000;

    private final String prefix = Postgres.newPrefix();
    private final TestTransactions transactions = new TestTransactions(Postgres.pool());
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    private BatcherBuilder<String> builder() {
        JdbcStore store = JdbcStore.builder(Postgres.pool())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(50))
                .lease(Duration.ofSeconds(2))
                .transactions(transactions)
                .build();
        return Batcher.<String>builder("readings")
                .store(store)
                .codec(ItemCodec.strings())
                .key(item -> Integer.parseInt(item) % KEYS)
                .partitions(4)
                .concurrency(2)
                .maxBatchSize(100)
                .retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build())
                .onError(failure -> {})
                .interval(Duration.ofMillis(30));
    }

    @Test
    void anInstanceDoesNotPassTheCapacityByWhatItAdds() {
        try (Batcher<String> batcher =
                builder().capacity(5).maxBatchSize(5).handler(handled::addAll).build()) {
            batcher.pause();
            AtomicInteger accepted = new AtomicInteger();
            List<CompletableFuture<Void>> adders = IntStream.range(0, 8)
                    .mapToObj(adder -> CompletableFuture.runAsync(
                            () -> items(0, 40).forEach(item -> accepted.addAndGet(batcher.offer(item) ? 1 : 0))))
                    .toList();
            adders.forEach(CompletableFuture::join);
            assertThat(accepted).hasValueBetween(1, 5);
            assertThat(batcher.stats().depth()).isBetween(accepted.get(), 5);
        }
    }

    /** The handler has returned: that the store could not record it must not use up its one attempt. */
    @Test
    void aConnectionThatIsLostBeforeTheRecordIsNoFailureOfTheHandler() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Batcher<String> batcher = builder()
                .transactional(true)
                .retry(RetryPolicy.builder().maxAttempts(1).build())
                .handler(batch -> {
                    if (calls.incrementAndGet() == 1) {
                        try (var statement = transactions.connection().createStatement();
                                var row = statement.executeQuery("select pg_backend_pid()")) {
                            row.next();
                            Postgres.query("select pg_terminate_backend(" + row.getInt(1) + ")");
                        }
                        return;
                    }
                    handled.addAll(batch);
                })
                .build()) {
            batcher.submit("1").get(60, TimeUnit.SECONDS);
            assertThat(handled).containsExactly("1");
            assertThat(batcher.deadLetters().orElseThrow().count()).isZero();
            assertThat(batcher.stats().failedAttempts()).isZero();
        }
    }

    /** Their transactions hold the rows of their partitions. */
    @Test
    void closeDoesNotWaitForTheTransactionsOfHandlersThatHang() {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch leave = new CountDownLatch(1);
        Batcher<String> batcher = builder()
                .transactional(true)
                .handler(batch -> {
                    entered.countDown();
                    leave.await();
                })
                .build();
        try {
            batcher.addMany(items(0, KEYS));
            Waiting.until("two handlers hang", () -> entered.getCount() == 0);
            long begin = System.nanoTime();
            batcher.close(Duration.ofMillis(200));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
        } finally {
            leave.countDown();
        }
    }

    private static List<String> items(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void twoInstancesHandleEachItemOnceInTheOrderOfItsKey() throws Exception {
        try (Batcher<String> one = builder().handler(handled::addAll).build();
                Batcher<String> two = builder().handler(handled::addAll).build()) {
            Waiting.until(
                    "the partitions are shared",
                    () -> one.stats().lanes() == 2 && two.stats().lanes() == 2);
            for (int i = 0; i < ITEMS; i += 50) {
                one.addMany(items(i, i + 20));
                two.addMany(items(i + 20, i + 50));
            }
            CompletableFuture<Void> submitted = one.submit(Integer.toString(ITEMS));
            one.flush().get(60, TimeUnit.SECONDS);
            submitted.get(60, TimeUnit.SECONDS);
            assertThat(one.stats().handled()).isPositive();
            assertThat(two.stats().handled()).isPositive();
            assertThat(one.stats().handled() + two.stats().handled()).isEqualTo(ITEMS + 1);
        }
        assertThat(handled).hasSize(ITEMS + 1).doesNotHaveDuplicates();
        Map<Integer, Integer> last = new HashMap<>();
        for (String item : List.copyOf(handled)) {
            int number = Integer.parseInt(item);
            assertThat(number).isGreaterThan(last.getOrDefault(number % KEYS, -1));
            last.put(number % KEYS, number);
        }
    }

    @Test
    void theEffectsOfATransactionalHandlerHappenOnceWhateverItThrows() throws Exception {
        String table = prefix + "effect";
        Postgres.execute("create table " + table + " (item varchar(20))");
        try (Batcher<String> one = builder()
                        .transactional(true)
                        .handler(batch -> effect(table, batch))
                        .build();
                Batcher<String> two = builder()
                        .transactional(true)
                        .handler(batch -> effect(table, batch))
                        .build()) {
            for (int i = 0; i < ITEMS; i += 50) {
                one.addMany(items(i, i + 50));
            }
            Waiting.until(
                    "all are handled", () -> one.stats().handled() + two.stats().handled() == ITEMS);
            assertThat(one.stats().failedAttempts() + two.stats().failedAttempts())
                    .isPositive();
        }
        assertThat(Postgres.query("select count(*) from " + table)).isEqualTo(Integer.toString(ITEMS));
        assertThat(Postgres.query("select count(distinct item) from " + table)).isEqualTo(Integer.toString(ITEMS));
        assertThat(Postgres.query("select count(*) from " + prefix + "item")).isEqualTo("0");
    }

    /** Writes the items in the transaction of the handler; often throws, after it has written. */
    private void effect(String table, Batch<String> batch) throws Exception {
        int outcome = ThreadLocalRandom.current().nextInt(4);
        int left = outcome == 0 && batch.size() > 1 ? batch.size() / 2 : -1;
        try (PreparedStatement insert =
                transactions.connection().prepareStatement("insert into " + table + " values (?)")) {
            for (int i = 0; i < batch.size(); i++) {
                if (i != left) {
                    insert.setString(1, batch.get(i));
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
        if (left >= 0) {
            throw new PartialBatchException(Map.of(left, new IllegalStateException("left")));
        } else if (outcome == 1) {
            throw new IllegalStateException("failure");
        }
    }

    @Test
    void anAddHappensWithTheTransactionOfItsCaller() throws Exception {
        AtomicReference<CompletableFuture<Void>> rolledBack = new AtomicReference<>();
        try (Batcher<String> batcher = builder().handler(handled::addAll).build()) {
            transactions.run(() -> batcher.addMany(items(0, 10)));
            assertThatThrownBy(() -> transactions.run(() -> {
                        batcher.addMany(items(10, 20));
                        rolledBack.set(batcher.submit("20"));
                        throw new IllegalStateException("roll back");
                    }))
                    .hasMessage("roll back");
            assertThat(rolledBack.get()).isCompletedExceptionally();
            batcher.flush().get(30, TimeUnit.SECONDS);
            assertThat(handled).containsExactlyInAnyOrderElementsOf(items(0, 10));
            assertThat(batcher.stats().accepted()).isEqualTo(10);
        }
    }
}
