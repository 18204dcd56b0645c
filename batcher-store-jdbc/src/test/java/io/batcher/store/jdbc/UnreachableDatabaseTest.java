/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherStoreException;
import io.batcher.fixtures.CapturedLog;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database that gives no connection any more while batchers close. A pool waits for each one until its own timeout. */
@Timeout(60)
class UnreachableDatabaseTest {

    private final AtomicBoolean down = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    /** What it throws instead of a connection while it is down. */
    private volatile Exception refusal =
            new SQLTransientConnectionException("no connection within the timeout of the pool");

    private final DataSource dataSource = (DataSource) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("getConnection") && down.get()) {
                    refused.incrementAndGet();
                    throw refusal;
                }
                try {
                    return method.invoke(Postgres.pool(), arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });

    private Batcher<String> start(JdbcStore store, String name) {
        return Batcher.<String>builder(name)
                .store(store)
                .codec(ItemCodec.strings())
                .key(item -> item)
                .partitions(8)
                .interval(Duration.ofMillis(20))
                .handler(handled::addAll)
                .build();
    }

    @Test
    void closeAsksItOnceAndNotForEachPartitionAndStep() {
        JdbcStore store = JdbcStore.builder(dataSource)
                .tablePrefix(Postgres.newPrefix())
                .pollInterval(Duration.ofMinutes(1)) // polls get no connection either, and would be counted
                .lease(Duration.ofMinutes(5))
                .build();
        List<Batcher<String>> batchers = List.of(start(store, "one"), start(store, "two"), start(store, "three"));
        batchers.forEach(batcher -> batcher.add("a"));
        Waiting.until("all is handled", () -> handled.size() == 3);
        Waiting.until(
                "all is recorded",
                () -> batchers.stream().allMatch(batcher -> batcher.stats().handled() == 1));
        try (CapturedLog log = new CapturedLog()) {
            down.set(true);
            batchers.forEach(batcher -> batcher.close(Duration.ofSeconds(1)));
            // At once: the thread that closes, and the two runs that release partitions.
            assertThat(refused).hasValueLessThanOrEqualTo(3);
            assertThat(log.lines())
                    .anySatisfy(line ->
                            assertThat(line).contains("could not leave its store: others notice after a lease"));
        }
    }

    /** A pool that begins with the first connection throws no SQLException. */
    @Test
    void anUncheckedExceptionOfTheDataSourceIsAFailureOfTheStore() {
        JdbcStore store =
                JdbcStore.builder(dataSource).tablePrefix(Postgres.newPrefix()).build();
        try (Batcher<String> batcher = start(store, "unchecked")) {
            refusal = new IllegalStateException("the pool cannot begin");
            down.set(true);
            assertThatThrownBy(() -> batcher.add("a"))
                    .isInstanceOf(BatcherStoreException.class)
                    .hasRootCauseMessage("the pool cannot begin");
            down.set(false);
            batcher.add("b");
            Waiting.until("b is handled", () -> handled.equals(List.of("b")));
        }
    }
}
