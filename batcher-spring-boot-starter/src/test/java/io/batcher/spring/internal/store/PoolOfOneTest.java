/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.fixtures.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** An application whose pool has one connection, which comes without autocommit: the store and the transactions take turns. */
@Tag("tests-with-org.springframework.transaction")
class PoolOfOneTest extends OrdersOnPostgres {

    private static final int THREADS = 4;
    private static final int ORDERS = 25;

    private final ApplicationContextRunner poolOfOne = withoutDataSource
            .withBean("dataSource", DataSource.class, PoolOfOneTest::pool)
            .withUserConfiguration(Transactions.class);

    private static HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(Postgres.url());
        pool.setMaximumPoolSize(1);
        pool.setAutoCommit(false);
        return pool;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsAndItemsAreStoredTogetherAndEachItemIsDeliveredOnce(boolean transactional) {
        poolOfOne
                .withPropertyValues("batcher.instances.orders.transactional=" + transactional)
                .run(context -> {
                    Orders orders = context.getBean(Orders.class);
                    List<CompletableFuture<Void>> threads = new ArrayList<>();
                    for (int i = 0; i < THREADS; i++) {
                        String thread = "thread-" + i + "-";
                        threads.add(CompletableFuture.runAsync(() -> order(context, thread)));
                    }
                    threads.forEach(CompletableFuture::join);
                    Await.until("all are delivered", () -> orders.items.size() >= THREADS * (ORDERS + ORDERS / 5 * 4));
                    Await.until("all are recorded", () -> stored() == 0);
                    assertThat(orders.items).doesNotHaveDuplicates().noneMatch(item -> item.contains("gone"));
                    assertThat(rows()).hasSize(THREADS * ORDERS / 5 * 4).allMatch(orders.items::contains);
                });
    }

    /** Adds an item without a transaction, and an item with a row in one, of which each fifth is rolled back. */
    private void order(ApplicationContext context, String thread) {
        for (int i = 0; i < ORDERS; i++) {
            boolean rollsBack = i % 5 == 0;
            String id = thread + i;
            orders(context).add(id + "-alone");
            transactions(context).executeWithoutResult(status -> {
                String item = rollsBack ? id + "-gone" : id;
                insert(context, item);
                orders(context).add(item);
                if (rollsBack) {
                    status.setRollbackOnly();
                }
            });
        }
    }
}
