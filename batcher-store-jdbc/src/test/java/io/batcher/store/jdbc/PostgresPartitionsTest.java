/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemCodec;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The number of partitions changes while an instance stands still for longer than its lease: SIGSTOP, a long pause of its JVM. */
class PostgresPartitionsTest {

    private static final String BATCHER = "readings";
    private static final Duration SHORT = Duration.ofMillis(600);

    private final String prefix = Postgres.newPrefix();
    private final List<JdbcStore> stores = new ArrayList<>();
    private final OpenConnection joined = new OpenConnection();

    /** Returns a store that no pause of a loaded machine takes for ended. */
    private JdbcStore newStore() {
        return newStore(Duration.ofSeconds(30));
    }

    private JdbcStore newStore(Duration lease) {
        JdbcStore store = JdbcStore.builder(Postgres.pool())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(20))
                .lease(lease)
                .transactions(joined)
                .build();
        stores.add(store);
        return store;
    }

    @AfterEach
    void abandon() {
        stores.forEach(JdbcStore::abandon);
    }

    private static TestProcess start(JdbcStore store, String batcher, int partitions) {
        TestProcess process = TestProcess.start(store, batcher, partitions);
        awaitOwned(process, partitions);
        return process;
    }

    private static void awaitOwned(TestProcess process, int partitions) {
        Waiting.until("all are owned", Duration.ofMinutes(1), () -> process.owned.size() == partitions);
    }

    /** Stops an instance, and returns when no other one takes it for alive. */
    private void stall(JdbcStore store) {
        store.stall(true);
        Waiting.until(
                "its lease has ended",
                Duration.ofMinutes(1),
                () -> Postgres.query("select count(*) from " + prefix + "member where alive_until >= clock_timestamp()")
                        .equals("0"));
    }

    /** Reads and settles what partitions hold, until all texts have come. */
    private static void assertDelivered(TestProcess process, String... texts) {
        List<String> delivered = new ArrayList<>();
        Waiting.until("delivered: " + List.of(texts), Duration.ofMinutes(1), () -> {
            for (Partition partition : process.owned.values()) {
                List<StoredItem> next = partition.next(100, 1 << 20);
                delivered.addAll(TestProcess.texts(next));
                if (!next.isEmpty()) {
                    partition.begin(new BatchRecord("b-" + partition.number() + delivered.size(), next, 1, 1));
                    partition.settle(Settlement.handled(next));
                }
            }
            return delivered.size() >= texts.length;
        });
        assertThat(delivered).containsExactlyInAnyOrder(texts);
    }

    @Test
    void nothingIsStoredInAPartitionThatIsNoMore() {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 8);
        stall(stalled);
        TestProcess second = start(newStore(), BATCHER, 4);
        assertThat(second.session().partitions()).isEqualTo(4);

        assertThatThrownBy(() -> first.append(7, "a"))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("8 partitions")
                .hasMessageContaining("Restart");
        assertThatThrownBy(() -> first.session().append(List.of(TestProcess.item(0, "b"), TestProcess.item(1, "c"))))
                .isInstanceOf(BatcherStoreException.class);
        assertThat(Postgres.query("select count(*) from " + prefix + "item")).isEqualTo("0");

        second.append(3, "d");
        assertDelivered(second, "d");
    }

    @Test
    void nothingIsStoredByAnOldNumberThoughThePartitionExists() {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 2);
        stall(stalled);
        start(newStore(), BATCHER, 4);

        assertThatThrownBy(() -> first.append(1, "a")).isInstanceOf(BatcherStoreException.class);
    }

    @Test
    void anInstanceThatWakesUpHasNoShareOfANewNumberOfPartitions() {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 2);
        stall(stalled);
        TestProcess second = start(newStore(), BATCHER, 8);

        stalled.stall(false);
        Waiting.until("it has lost its partitions", Duration.ofMinutes(1), () -> {
            first.releaseWaiting();
            return first.lost.size() == 2;
        });
        Waiting.pause(Duration.ofMillis(900)); // more than a lease
        assertThat(first.owned).isEmpty();
        assertThat(first.gained).hasSize(2);
        assertThat(second.revoked).isEmpty();
        assertThat(second.owned).hasSize(8);
        assertThatThrownBy(first.session()::count) // the store of a healthy batcher can be counted
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("Restart");

        second.session().close();
        TestProcess third = start(newStore(), BATCHER, 3);
        assertThat(third.session().partitions())
                .as("it keeps nobody from another number")
                .isEqualTo(3);
        first.session().close();
    }

    @Test
    void aRenewalThatMetTheChangeLeavesNoShare() {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 2);
        String member = Postgres.query("select member from " + prefix + "member");
        stall(stalled);
        TestProcess second = start(newStore(), BATCHER, 8);
        // The renewal had read the old number, and waited for the transaction of the change.
        Postgres.execute("insert into " + prefix + "member values ('" + BATCHER + "', '" + member
                + "', clock_timestamp() + interval '1 hour')");

        stalled.stall(false);
        Waiting.until("it has lost its partitions", Duration.ofMinutes(1), () -> {
            first.releaseWaiting();
            second.releaseWaiting();
            return first.lost.size() == 2;
        });
        Waiting.until("the other has all", Duration.ofMinutes(1), () -> {
            second.releaseWaiting();
            return second.owned.size() == 8;
        });
        Waiting.until(
                "it is no member",
                Duration.ofMinutes(1),
                () -> Postgres.query("select count(*) from " + prefix + "member where member = '" + member + "'")
                        .equals("0"));
    }

    @Test
    void anInstanceThatWakesUpReturnsWhenItsNumberDoes() {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 2);
        stall(stalled);
        start(newStore(), BATCHER, 8).session().close();
        stalled.stall(false);
        Waiting.until("it has lost its partitions", Duration.ofMinutes(1), () -> {
            first.releaseWaiting();
            return first.lost.size() == 2;
        });

        TestProcess.open(newStore(), BATCHER, 2)
                .session()
                .close(); // acquires none: the first instance may have returned
        awaitOwned(first, 2);
        first.append(1, "a");
        assertDelivered(first, "a");
    }

    @Test
    void itemsOfATransactionThatOutlivesTheChangeAreDelivered() throws Exception {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 8);
        try (Connection transaction = Postgres.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            joined.use(transaction);
            first.session().currentTransaction().orElseThrow().append(TestProcess.items(7, "a", "b"));
            first.session().currentTransaction().orElseThrow().append(TestProcess.items(2, "c"));
            joined.use(null);
            stall(stalled);
            TestProcess second = start(newStore(), BATCHER, 4);
            transaction.commit();

            assertDelivered(second, "a", "b", "c");
            assertThat(second.session().mark().isSettled()).isTrue();
        }
    }

    @Test
    void aTransactionAndALetterDoNotUseAnOldNumberEither() throws Exception {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 4);
        first.append(0, "letter");
        Partition partition = first.owned.get(0);
        partition.moveToDeadLetters(
                List.of(new DeadItem(partition.next(1, 1 << 20).get(0), 1, IllegalStateException.class.getName())));
        stall(stalled);
        TestProcess second = start(newStore(), BATCHER, 2);

        try (Connection transaction = Postgres.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            joined.use(transaction);
            assertThatThrownBy(() ->
                            first.session().currentTransaction().orElseThrow().append(TestProcess.items(3, "a")))
                    .isInstanceOf(BatcherStoreException.class);
            joined.use(null);
            transaction.rollback();
        }
        DeadLetters letters = first.session().deadLetters().orElseThrow();
        long id = letters.list(0, 10).get(0).id();
        assertThatThrownBy(() -> letters.redrive(List.of(new DeadLetters.Redrive(id, TestProcess.item(3, "letter")))))
                .isInstanceOf(BatcherStoreException.class);
        assertThat(second.session().deadLetters().orElseThrow().count()).isOne();
    }

    @Test
    void otherBatchersOfTheGroupAreStored() throws Exception {
        JdbcStore stalled = newStore(SHORT);
        TestProcess first = start(stalled, BATCHER, 8);
        TestProcess other = start(stalled, "other", 2);
        stall(stalled);
        start(newStore(), BATCHER, 4);

        List<CompletableFuture<Void>> bad = new ArrayList<>();
        List<CompletableFuture<Void>> good = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String text = "i" + i;
            bad.add(CompletableFuture.runAsync(() -> first.append(7, text)));
            good.add(CompletableFuture.runAsync(() -> other.append(1, text)));
        }
        for (CompletableFuture<Void> each : good) {
            each.get(30, TimeUnit.SECONDS);
        }
        for (CompletableFuture<Void> each : bad) {
            assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(BatcherStoreException.class);
        }
        assertThat(Postgres.query("select count(*) from " + prefix + "item where batcher = 'other'"))
                .isEqualTo("20");
        assertThat(Postgres.query("select count(*) from " + prefix + "item")).isEqualTo("20");
    }

    @Test
    void aBatcherTellsTheCallerOfAdd() {
        JdbcStore stalled = newStore(SHORT);
        try (Batcher<String> batcher = Batcher.<String>builder(BATCHER)
                .store(stalled)
                .codec(ItemCodec.strings())
                .key(item -> item)
                .partitions(8)
                .concurrency(8)
                .handler(batch -> {})
                .build()) {
            Waiting.until(
                    "all are owned",
                    Duration.ofMinutes(1),
                    () -> batcher.stats().lanes() == 8);
            stall(stalled);
            start(newStore(), BATCHER, 4);

            assertThatThrownBy(() -> batcher.add("a")).isInstanceOf(BatcherStoreException.class);
        }
    }

    @Test
    void aLongItemOfAnotherTypeIsStoredWithTheOthers() {
        TestProcess process = start(newStore(), BATCHER, 2);
        process.session()
                .append(List.of(
                        TestProcess.item(0, "a"),
                        new NewItem(1, "other", "b".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        TestProcess.item(0, "c".repeat(100_000))));
        assertDelivered(process, "a", "b", "c".repeat(100_000));
    }
}
