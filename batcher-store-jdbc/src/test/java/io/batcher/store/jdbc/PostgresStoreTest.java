/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherStoreException;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** What is particular to PostgreSQL. */
class PostgresStoreTest {

    private final String prefix = Postgres.newPrefix();

    private JdbcStore.Builder builder(DataSource dataSource) {
        return JdbcStore.builder(dataSource)
                .tablePrefix(prefix)
                .pollInterval(Duration.ofMillis(50))
                .lease(Duration.ofMillis(600));
    }

    private static DataSource connections(ThrowingSupplier source) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, args) -> source.get());
    }

    private interface ThrowingSupplier {
        Connection get() throws SQLException;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Batcher_", "1a", "a'b", "a b", "a;drop", "a\"", "ä_", "a.b"})
    void aPrefixThatIsNoPlainNameIsRefused(String bad) {
        assertThatThrownBy(() -> JdbcStore.builder(Postgres.dataSource()).tablePrefix(bad))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tablePrefix")
                .hasMessageContaining(bad);
    }

    @Test
    void durationsAreChecked() {
        var builder = JdbcStore.builder(Postgres.dataSource());
        assertThatThrownBy(() -> builder.lease(Duration.ZERO)).hasMessageContaining("lease");
        assertThatThrownBy(() -> builder.timeout(Duration.ofSeconds(-1))).hasMessageContaining("timeout");
        assertThatThrownBy(() -> builder.pollInterval(Duration.ofSeconds(10)).build())
                .hasMessageContaining("a third of lease");
    }

    @Test
    void anotherDatabaseIsRefusedWithItsName() {
        SQLiteDataSource other = new SQLiteDataSource();
        other.setUrl("jdbc:sqlite::memory:");

        assertThatThrownBy(() -> TestProcess.open(builder(other).build(), "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining("SQLite")
                .hasMessageContaining("JdbcStore.file");
    }

    @Test
    void missingTablesAreNamedWhereTheSchemaIsNotInitialized() {
        JdbcStore store = builder(Postgres.dataSource()).initializeSchema(false).build();

        assertThatThrownBy(() -> TestProcess.open(store, "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining(prefix + "item")
                .hasMessageContaining("initialize-schema");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTableWithOtherColumnsIsNamedAtTheStart(boolean allExist) {
        if (allExist) {
            TestProcess.open(builder(Postgres.dataSource()).build(), "readings", 1)
                    .session()
                    .close();
            Postgres.execute("alter table " + prefix + "item drop column crc");
        } else {
            Postgres.execute("create table " + prefix + "item (id bigint primary key, note text)");
        }

        assertThatThrownBy(() -> TestProcess.open(builder(Postgres.dataSource()).build(), "readings", 1))
                .isInstanceOf(BatcherStoreException.class)
                .hasMessageContaining(prefix + "item")
                .hasMessageContaining("crc")
                .hasMessageContaining("table-prefix");
    }

    @Test
    void manyInstancesCreateTheSchemaAtOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<TestProcess>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(pool.submit(
                    () -> TestProcess.open(builder(Postgres.dataSource()).build(), "readings", 4)));
        }
        for (Future<TestProcess> each : all) {
            assertThat(each.get(30, TimeUnit.SECONDS).session().partitions()).isEqualTo(4);
        }
        for (Future<TestProcess> each : all) {
            each.get().session().close();
        }
        pool.shutdown();
        assertThat(Postgres.query("select count(*) from " + prefix + "partition"))
                .isEqualTo("4");
        assertThat(Postgres.query("select count(*) from " + prefix + "member")).isEqualTo("0");
    }

    @Test
    void aDataSourceThatIsDownFailsTheStart() {
        DataSource down = connections(() -> {
            throw new SQLException("refused", "08001");
        });

        assertThatThrownBy(() -> TestProcess.open(builder(down).build(), "readings", 1))
                .isInstanceOfSatisfying(
                        BatcherStoreException.class,
                        e -> assertThat(e.outcomeUnknown()).isFalse())
                .hasMessageContaining("08001");
    }

    @Test
    void aPoolOfOneConnectionWithoutAutocommitIsEnoughAndIsGivenBackAsItWas() throws Exception {
        Semaphore pool = new Semaphore(1);
        Connection only = Postgres.dataSource().getConnection();
        only.setAutoCommit(false);
        only.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        only.commit();
        DataSource one = connections(() -> {
            pool.acquireUninterruptibly();
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                        if (method.getName().equals("close")) {
                            pool.release();
                            return null;
                        }
                        return method.invoke(only, args);
                    });
        });
        TestProcess process = TestProcess.start(builder(one).build(), "readings", 2);
        Waiting.until("both are owned", () -> process.owned.size() == 2);
        process.append(0, "a");
        assertThat(TestProcess.texts(process.owned.get(0).next(10, 1_000))).containsExactly("a");
        process.session().close();

        Waiting.until("the connection is back", () -> pool.availablePermits() == 1);
        assertThat(only.getAutoCommit()).isFalse();
        assertThat(only.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        only.close();
    }

    @Test
    void oneCallThatSpoilsAGroupFailsAlone() throws Exception {
        TestProcess process = TestProcess.start(builder(Postgres.dataSource()).build(), "readings", 1);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<?>> good = new ArrayList<>();
        List<Future<?>> bad = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String text = "i" + i;
            if (i % 10 == 0) {
                bad.add(pool.submit(() ->
                        process.session().append(List.of(new NewItem(0, "t".repeat(201), new byte[1])))));
            } else {
                good.add(pool.submit(() -> process.append(0, text)));
            }
        }
        for (Future<?> each : good) {
            each.get(30, TimeUnit.SECONDS);
        }
        for (Future<?> each : bad) {
            assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(BatcherStoreException.class);
        }
        pool.shutdown();
        assertThat(process.session().count().items()).isEqualTo(180);
        process.session().close();
    }

    @Test
    void callsThatWaitTogetherFailTogetherWhenTheDatabaseIsDown() throws Exception {
        AtomicBoolean down = new AtomicBoolean();
        TestProcess process = TestProcess.start(
                builder(connections(() -> {
                            if (down.get()) {
                                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                                throw new SQLException("down", "08001");
                            }
                            return Postgres.dataSource().getConnection();
                        }))
                        .build(),
                "readings",
                1);
        ExecutorService pool = Executors.newFixedThreadPool(40);
        down.set(true);
        long start = System.nanoTime();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(pool.submit(() -> process.append(0, "a")));
        }
        for (Future<?> each : all) {
            assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(BatcherStoreException.class);
        }
        // One after the other they would take 12 s.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        pool.shutdown();
        down.set(false);
        process.session().close();
    }

    @Test
    void aPauseWhilePartitionsAreAcquiredGivesAllOfThemBack() {
        AtomicReference<TestProcess> acquiring = new AtomicReference<>();
        AtomicInteger acquisitions = new AtomicInteger();
        TestProcess process = TestProcess.open(
                builder(intercepted(sql -> {
                            if (sql.contains("set owner = ?") && acquisitions.incrementAndGet() == 3) {
                                acquiring.get().session().suspend();
                            }
                        }))
                        .build(),
                "readings",
                8);
        acquiring.set(process);
        process.session().start();
        Waiting.until("it was paused", () -> acquisitions.get() >= 3);

        TestProcess other = TestProcess.start(builder(Postgres.dataSource()).build(), "readings", 8);
        Waiting.until("the other has all", () -> {
            process.releaseWaiting();
            return other.owned.size() == 8;
        });
        process.session().close();
        other.session().close();
    }

    private static DataSource recording(List<String> statements) {
        return intercepted(statements::add);
    }

    private static DataSource intercepted(Consumer<String> statements) {
        return connections(() -> {
            Connection connection = Postgres.dataSource().getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                        if (method.getName().equals("prepareStatement")) {
                            statements.accept((String) args[0]);
                        }
                        return method.invoke(connection, args);
                    });
        });
    }

    @Test
    void idleBatchersCostOneStatementAPollForAllOfThemAndTwoARenewal() {
        List<String> statements = new CopyOnWriteArrayList<>();
        JdbcStore store = builder(recording(statements)).build();
        List<TestProcess> idle = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            idle.add(TestProcess.start(store, "idle-" + i, 3));
        }
        Waiting.until("all are owned", () -> idle.stream().allMatch(process -> process.owned.size() == 3));
        int before = statements.size();

        Waiting.until("polls", () -> statements.size() > before + 40);

        List<String> all = List.copyOf(statements);
        List<String> idly = all.subList(before + 1, all.size());
        assertThat(idly.stream().distinct().toList()).hasSizeLessThanOrEqualTo(3);
        long polls = idly.stream()
                .filter(sql -> sql.startsWith("select batcher, part"))
                .count();
        // A renewal comes with each fourth poll here: a third of 600 ms.
        assertThat(idly.size() - polls).isLessThanOrEqualTo(polls);
        idle.forEach(process -> process.session().close());
    }

    @Test
    void everyStatementOnItemsRunsOnAnIndex() throws Exception {
        List<String> statements = new CopyOnWriteArrayList<>();
        DataSource recording = recording(statements);
        TestProcess process = TestProcess.start(builder(recording).build(), "readings", 4);
        Waiting.until("all are owned", () -> process.owned.size() == 4);
        for (int chunk = 0; chunk < 20; chunk++) {
            int first = chunk * 1_000;
            process.session()
                    .append(IntStream.range(first, first + 1_000)
                            .mapToObj(i -> TestProcess.item(i % 4, "item-" + i))
                            .toList());
        }
        Partition partition = process.owned.get(0);
        List<StoredItem> items = partition.next(10, 1 << 20);
        partition.begin(new BatchRecord("readings-1", items, 1, 1));
        partition.recorded();
        partition.settle(new Settlement(items.subList(1, 10), List.of(new DeadItem(items.get(0), 1, "error")), null));
        process.session().states(List.of(items.get(0).position()));
        assertThat(process.session().mark().isSettled()).isFalse();
        process.session().close();
        Postgres.execute("analyze " + prefix + "item");
        Postgres.execute("analyze " + prefix + "partition");

        String item = prefix + "item";
        List<String> onItems =
                statements.stream().distinct().filter(sql -> sql.contains(item)).toList();
        assertThat(onItems).hasSizeGreaterThanOrEqualTo(8);
        for (String sql : onItems) {
            assertThat(Postgres.plan(numbered(sql))).as("plan of %s", sql).doesNotContain("Seq Scan on " + item);
        }
    }

    /** Returns the statement with numbered parameters. */
    private static String numbered(String sql) {
        StringBuilder numbered = new StringBuilder();
        int parameter = 0;
        for (char c : sql.toCharArray()) {
            numbered.append(c == '?' ? "$" + ++parameter : String.valueOf(c));
        }
        return numbered.toString();
    }
}
