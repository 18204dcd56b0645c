/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.ItemState;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoreTransaction;
import io.batcher.store.StoreTransaction.Outcome;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions of the application that a store joins, and appends that commit in another order than they got their ids. */
class PostgresTransactionTest {

    private static final ThreadLocal<Transaction> CURRENT = new ThreadLocal<>();

    private final String prefix = Postgres.newPrefix();
    private JdbcStore store;
    private TestProcess process;

    /** A transaction of this thread, as a transaction manager keeps it. */
    private static final class Transaction implements ApplicationTransactions.Active, AutoCloseable {
        private final Connection connection;
        private final boolean readOnly;
        private final List<Consumer<Outcome>> callbacks = new ArrayList<>();

        Transaction(boolean readOnly) throws SQLException {
            this.connection = Postgres.dataSource().getConnection();
            this.readOnly = readOnly;
            connection.setAutoCommit(false);
            CURRENT.set(this);
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public boolean isReadOnly() {
            return readOnly;
        }

        @Override
        public void afterCompletion(Consumer<Outcome> callback) {
            callbacks.add(callback);
        }

        void commit() throws SQLException {
            CURRENT.remove();
            connection.commit();
            callbacks.forEach(callback -> callback.accept(Outcome.COMMITTED));
            callbacks.clear();
        }

        @Override
        public void close() throws SQLException {
            CURRENT.remove();
            connection.rollback();
            connection.close();
            callbacks.forEach(callback -> callback.accept(Outcome.ROLLED_BACK));
        }
    }

    private JdbcStore newStore() {
        return JdbcStore.builder(Postgres.dataSource())
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(50))
                .lease(Duration.ofMillis(600))
                .transactions(() -> Optional.ofNullable(CURRENT.get()))
                .build();
    }

    @BeforeEach
    void open() {
        store = newStore();
        process = TestProcess.start(store, "readings", 1);
        Waiting.until("the partition is owned", () -> process.owned.size() == 1);
    }

    @AfterEach
    void close() {
        process.session().close();
    }

    private StoreTransaction current() {
        return process.session().currentTransaction().orElseThrow();
    }

    private Partition partition() {
        return process.owned.get(0);
    }

    private List<StoredItem> next() {
        return partition().next(100, 1 << 20);
    }

    @Test
    void withoutATransactionThereIsNoneToJoin() {
        assertThat(process.session().currentTransaction()).isEmpty();
    }

    @Test
    void anItemThatWasRolledBackNeverWas() throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        List<Position> positions;
        try (Transaction transaction = new Transaction(false)) {
            positions = current().append(TestProcess.items(0, "a"));
            current().afterCompletion(outcomes::add);
            assertThat(next()).isEmpty();
        }
        assertThat(outcomes).containsExactly(Outcome.ROLLED_BACK);
        assertThat(positions).hasSize(1);
        assertThat(next()).isEmpty();
        assertThat(process.session().count().items()).isZero();
    }

    @Test
    void anItemThatWasCommittedIsDelivered() throws Exception {
        int before = process.available.get();
        List<Outcome> outcomes = new ArrayList<>();
        try (Transaction transaction = new Transaction(false)) {
            List<Position> positions = current().append(TestProcess.items(0, "a", "b"));
            current().afterCompletion(outcomes::add);
            transaction.commit();
            assertThat(process.session().states(positions))
                    .containsValue(ItemState.STORED)
                    .hasSize(2);
        }
        assertThat(outcomes).containsExactly(Outcome.COMMITTED);
        assertThat(process.available.get()).isGreaterThan(before);
        assertThat(TestProcess.texts(next())).containsExactly("a", "b");
    }

    @Test
    void aReadOnlyTransactionIsRefusedBeforeAnyStatement() throws Exception {
        try (Transaction transaction = new Transaction(true)) {
            assertThatThrownBy(this::current)
                    .isInstanceOf(BatcherStoreException.class)
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void aJoinedAppendEndsAtTheTimeoutOfTheStore() throws Exception {
        TestProcess hurried = TestProcess.open(
                JdbcStore.builder(Postgres.dataSource())
                        .tablePrefix(prefix)
                        .timeout(Duration.ofSeconds(1))
                        .transactions(() -> Optional.ofNullable(CURRENT.get()))
                        .build(),
                "hurried",
                1);
        try (Connection locking = Postgres.dataSource().getConnection();
                Transaction transaction = new Transaction(false)) {
            locking.setAutoCommit(false);
            try (var statement = locking.createStatement()) {
                statement.execute("set idle_in_transaction_session_timeout = '20s'"); // bounds the wait of a red run
                statement.execute("lock table " + prefix + "item in exclusive mode");
            }
            StoreTransaction joined = hurried.session().currentTransaction().orElseThrow();
            assertThatThrownBy(() -> joined.append(TestProcess.items(0, "a")))
                    .isInstanceOf(BatcherStoreException.class)
                    .hasMessageContaining("Roll it back");
            locking.rollback();
        }
        hurried.session().close();
    }

    @Test
    void aLowerIdThatCommitsLaterIsDelivered() throws Exception {
        try (Transaction late = new Transaction(false)) {
            current().append(TestProcess.items(0, "first id"));
            CURRENT.remove();
            process.append(0, "second id");
            List<StoredItem> read = next();
            assertThat(TestProcess.texts(read)).containsExactly("second id");
            partition().begin(new BatchRecord("readings-1", read, 1, 1));
            late.commit();

            assertThat(TestProcess.texts(next())).containsExactly("first id");
            partition().settle(Settlement.handled(read));
            assertThat(process.session().count().items()).isOne();
        }
    }

    @Test
    void aHandlerAndItsRecordAreOneTransaction() throws Exception {
        Postgres.execute("create table " + prefix + "effect (text varchar)");
        process.append(0, "a", "b");
        List<StoredItem> items = next();
        partition().begin(new BatchRecord("readings-1", items, 1, 1));

        try (Transaction transaction = new Transaction(false)) {
            current().lock(partition());
            effect(transaction, "rolled back");
            current().settle(partition(), Settlement.handled(items));
        }
        assertThat(process.session().states(List.of(items.get(0).position()))).containsValue(ItemState.STORED);

        partition().begin(new BatchRecord("readings-1", items, 2, 2));
        try (Transaction transaction = new Transaction(false)) {
            current().lock(partition());
            effect(transaction, "committed");
            current().settle(partition(), Settlement.handled(items));
            transaction.commit();
        }
        assertThat(process.session().states(List.of(items.get(0).position()))).containsValue(ItemState.HANDLED);
        assertThat(Postgres.query("select text from " + prefix + "effect")).isEqualTo("committed");
        process.append(0, "c");
        List<StoredItem> more = next();
        partition().begin(new BatchRecord("readings-2", more, 1, 1));
        partition().settle(Settlement.handled(more));
        assertThat(process.session().mark().isSettled()).isTrue();
    }

    private void effect(Transaction transaction, String text) throws SQLException {
        try (var statement = transaction.connection().createStatement()) {
            statement.execute("insert into " + prefix + "effect values ('" + text + "')");
        }
    }

    @Test
    void aLockedPartitionIsNotTakenEvenBeyondItsLease() throws Exception {
        TestProcess other = TestProcess.open(newStore(), "readings", 1);
        try (Transaction transaction = new Transaction(false)) {
            store.stall(true);
            current().lock(partition());
            CURRENT.remove();
            other.session().start();
            // Six polls of the other process, in which it tries.
            Waiting.until(
                    "the lease has ended",
                    () -> Postgres.query("select count(*) from " + prefix
                                    + "partition where lease_until < clock_timestamp() - interval '300 milliseconds'")
                            .equals("1"));
            assertThat(other.gained).isEmpty();
            transaction.commit();
        }
        Waiting.until("the other takes over", () -> other.owned.size() == 1);
        other.session().close();
    }

    @Test
    void aTransactionOfAFormerOwnerIsFenced() throws Exception {
        Partition old = partition();
        process.append(0, "a");
        List<StoredItem> items = next();
        Postgres.execute("update " + prefix + "partition set epoch = epoch + 1, owner = 'another'");

        try (Transaction transaction = new Transaction(false)) {
            assertThatThrownBy(() -> current().lock(old)).isInstanceOf(PartitionLostException.class);
            assertThatThrownBy(() -> current().settle(old, Settlement.handled(items)))
                    .isInstanceOf(PartitionLostException.class);
        }
    }
}
