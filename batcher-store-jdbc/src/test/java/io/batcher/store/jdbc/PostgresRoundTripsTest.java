/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.store.BatchRecord;
import io.batcher.store.Partition;
import io.batcher.store.Position;
import io.batcher.store.Settlement;
import io.batcher.store.StoreMark;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Each call of the engine is one round trip to PostgreSQL: a statement that commits by itself. */
class PostgresRoundTripsTest {

    private final Thread caller = Thread.currentThread();
    private final List<String> roundTrips = new CopyOnWriteArrayList<>();
    private final JdbcStore store = JdbcStore.builder(counted(DataSource.class, Postgres.dataSource()))
            .tablePrefix(Postgres.newPrefix())
            .build();
    private final TestProcess process = TestProcess.start(store, "readings", 1);

    private <T> T counted(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            String name = method.getName();
            boolean isRoundTrip = name.startsWith("execute") || name.equals("commit") || name.equals("rollback");
            if (isRoundTrip && Thread.currentThread() == caller) { // not those of the store's own thread
                roundTrips.add(name);
            }
            try {
                Object result = method.invoke(target, args);
                if (result instanceof Connection connection) {
                    return counted(Connection.class, connection);
                }
                return result instanceof PreparedStatement statement
                        ? counted(PreparedStatement.class, statement)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private void assertOne(String what, Runnable call) {
        roundTrips.clear();
        call.run();
        assertThat(roundTrips).as(what).hasSize(1).doesNotContain("commit");
    }

    @Test
    void eachCallIsOne() {
        Waiting.until("the partition is owned", Duration.ofMinutes(1), () -> process.owned.size() == 1);
        Partition partition = process.owned.get(0);
        List<StoredItem> items = new ArrayList<>();
        List<Position> positions = new ArrayList<>();

        assertOne("an add", () -> positions.addAll(process.append(0, "a")));
        assertOne(
                "an add of many",
                () -> process.session()
                        .append(IntStream.range(0, 1_000)
                                .mapToObj(i -> TestProcess.item(0, "i" + i))
                                .toList()));
        assertOne("a read", () -> items.addAll(partition.next(1_000, 1 << 24)));
        assertThat(items).hasSize(1_000);
        assertOne("a begin", () -> partition.begin(new BatchRecord("b-1", items, 1, 1)));
        BatchRecord left = new BatchRecord("b-1", items.subList(500, 1_000), 1, 1, Duration.ZERO);
        assertOne("a partial success", () -> partition.settle(new Settlement(items.subList(0, 500), List.of(), left)));
        assertOne("another begin", () -> partition.begin(new BatchRecord("b-1", items.subList(500, 1_000), 2, 2)));
        assertOne("a success", () -> partition.settle(Settlement.handled(items.subList(500, 1_000))));
        assertOne("the states for submit", () -> process.session().states(positions));
        StoreMark[] mark = new StoreMark[1];
        assertOne("a mark for flush", () -> mark[0] = process.session().mark());
        assertOne("a look at the mark", () -> assertThat(mark[0].isSettled()).isFalse());
        assertOne("a count", () -> assertThat(process.session().count().items()).isEqualTo(1));
        process.session().close();
    }

    @Test
    void largeItemsAreReadUpToTheBytesThatTheReaderTakes() {
        Waiting.until("the partition is owned", Duration.ofMinutes(1), () -> process.owned.size() == 1);
        Partition partition = process.owned.get(0);
        process.append(0, "a", "b".repeat(600), "c", "d".repeat(600), "e".repeat(5_000), "f");

        assertThat(TestProcess.texts(partition.next(10, 1_000))).containsExactly("a", "b".repeat(600), "c");
        assertThat(partition.hasMore()).isTrue();
        assertThat(TestProcess.texts(partition.next(10, 1_000))).containsExactly("d".repeat(600));
        assertThat(TestProcess.texts(partition.next(10, 1_000))).containsExactly("e".repeat(5_000));
        assertThat(TestProcess.texts(partition.next(10, 1_000))).containsExactly("f");
        process.session().close();
    }
}
