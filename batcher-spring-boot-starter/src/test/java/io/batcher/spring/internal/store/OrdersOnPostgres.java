/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import io.batcher.Batcher;
import io.batcher.PartialBatchException;
import io.batcher.spring.BatchHandler;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Postgres;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with a table of orders and a batcher of their ids in one PostgreSQL database. */
abstract class OrdersOnPostgres {

    final String prefix = Postgres.newPrefix();
    final JdbcClient database = JdbcClient.create(dataSource());

    final ApplicationContextRunner withoutDataSource = Contexts.inRealTime()
            .withUserConfiguration(Orders.class)
            .withPropertyValues(
                    "batcher.store.jdbc.table-prefix=" + prefix,
                    "batcher.store.jdbc.poll-interval=50ms",
                    "batcher.store.jdbc.lease=2s",
                    "batcher.defaults.store=jdbc",
                    "batcher.defaults.interval=20ms",
                    "batcher.defaults.retry.delay=50ms");

    final ApplicationContextRunner withoutManager =
            withoutDataSource.withBean("dataSource", DataSource.class, OrdersOnPostgres::dataSource);

    final ApplicationContextRunner contexts = withoutManager.withUserConfiguration(Transactions.class);

    static DataSource dataSource() {
        return new DriverManagerDataSource(Postgres.url());
    }

    @BeforeEach
    void createTable() {
        database.sql("create table " + prefix + "orders (id varchar(40) primary key)")
                .update();
    }

    void insert(ApplicationContext context, String id) {
        JdbcClient.create(context.getBean(DataSource.class))
                .sql("insert into " + prefix + "orders values (?)")
                .param(id)
                .update();
    }

    List<String> rows() {
        return database.sql("select id from " + prefix + "orders order by id")
                .query(String.class)
                .list();
    }

    int stored() {
        return database.sql("select count(*) from " + prefix + "item")
                .query(Integer.class)
                .single();
    }

    static TransactionTemplate transactions(ApplicationContext context) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    static Batcher<String> orders(ApplicationContext context) {
        return context.getBean(BatcherRegistry.class).get("orders", String.class);
    }

    static class Transactions {

        @Bean
        PlatformTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    static class Orders {

        final List<String> items = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();
        volatile Consumer<String> writes = id -> {};
        volatile String bad = "";

        @BatchHandler("orders")
        void handle(List<String> batch) {
            calls.incrementAndGet();
            int index = batch.indexOf(bad);
            batch.stream().filter(id -> !id.equals(bad)).forEach(writes);
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("after the rows were written");
            }
            items.addAll(batch);
            if (index >= 0) {
                throw new PartialBatchException(Map.of(index, new IllegalArgumentException("bad")));
            }
        }
    }
}
