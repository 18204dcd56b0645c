/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.docs;

import static io.batcher.docs.Fixtures.reading;
import static io.batcher.docs.Fixtures.some;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.RetryPolicy;
import io.batcher.docs.Fixtures.Reading;
import io.batcher.docs.snippet.GatewayApplication;
import io.batcher.spring.BatcherCustomizer;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** The examples and claims of docs/transactions.md, with a database. */
class TransactionsPageTest extends PageTest {

    private static final String BATCH = "A batch is one transaction";

    TransactionsPageTest() {
        super("docs/transactions.md");
    }

    @Test
    void itemsOfARolledBackTransactionAreNeverSent() {
        Class<?> intake = Examples.compiled(java("Add only if the transaction commits"));
        withDatabase(GatewayApplication.class, intake).run(context -> {
            TransactionTemplate transaction =
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            Object bean = context.getBean(intake);
            transaction.executeWithoutResult(status -> {
                ReflectionTestUtils.invokeMethod(bean, "received", reading);
                status.setRollbackOnly();
            });
            assertThat(readingsOf(context).stats().accepted()).isZero();

            ReflectionTestUtils.invokeMethod(bean, "received", reading);
            assertThat(readingsOf(context).stats().accepted()).isEqualTo(1);
            assertThat(stored(context, "received")).containsExactly("s1");
        });
    }

    @Test
    void aBatchIsStoredOnceAlthoughItsAnswerIsLost() {
        Class<?> store = Examples.compiled(java(BATCH, 0));
        withDatabase(store).run(context -> {
            Object bean = context.getBean(store);
            Batcher<Reading> again = Fixtures.<Reading>builder("again")
                    .handler(batch -> {
                        ReflectionTestUtils.invokeMethod(bean, "store", batch);
                        if (batch.attempt() == 1) {
                            throw new IllegalStateException("the answer is lost");
                        }
                    })
                    .build();
            again.addMany(some(2));
            advance(Duration.ofSeconds(1));
            assertThat(again.stats().batches()).isEqualTo(2);
            assertThat(again.stats().handled()).isEqualTo(2);
            assertThat(stored(context, "stored")).containsExactly("s0", "s1");
        });
    }

    @Test
    void thePartThatWasHandledIsCommitted() {
        withDatabase(Examples.compiled(java(BATCH, 1)))
                .withBean(
                        BatcherCustomizer.class,
                        () -> (name, builder) -> builder.retry(
                                RetryPolicy.builder().maxAttempts(2).build()))
                .run(context -> {
                    Fixtures.database = context.getBean(JdbcClient.class);
                    Batcher<Reading> readings = readingsOf(context);
                    readings.addMany(List.of(reading, new Reading("broken", -1000), new Reading("s2", 20)));
                    advance(Duration.ofSeconds(1));
                    assertThat(stored(context, "stored")).containsExactly("s1", "s2");
                    assertThat(readings.stats().handled()).isEqualTo(2);
                    assertThat(readings.stats().deadLettered()).isEqualTo(1);
                });
    }

    private static List<String> stored(ApplicationContext context, String table) {
        return context.getBean(JdbcClient.class)
                .sql("select sensor from " + table)
                .query(String.class)
                .list();
    }

    private static ApplicationContextRunner withDatabase(Class<?>... beans) {
        return application(beans).withUserConfiguration(Database.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Database {

        @Bean
        DataSource dataSource() {
            return new EmbeddedDatabaseBuilder()
                    .setType(EmbeddedDatabaseType.H2)
                    .generateUniqueName(true)
                    .build();
        }

        @Bean
        JdbcClient jdbcClient(DataSource dataSource) {
            JdbcClient client = JdbcClient.create(dataSource);
            client.sql("create table received (sensor varchar(20))").update();
            client.sql("create table stored (sensor varchar(20))").update();
            client.sql("create table stored_batch (id varchar(200) primary key)")
                    .update();
            return client;
        }

        @Bean
        PlatformTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }
}
