/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.TransactionalBatcher;
import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.fixtures.Postgres;
import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application whose transactions are also those of other resources than the store's {@code DataSource}. */
@Tag("tests-with-org.springframework.transaction")
class OtherTransactionManagersTest extends OrdersOnPostgres {

    private final ApplicationContextRunner twoDatabases = withoutDataSource
            .withUserConfiguration(TwoDatabases.class)
            .withPropertyValues("batcher.store.jdbc.data-source=storeDataSource");

    private final ApplicationContextRunner transactional =
            withoutManager.withPropertyValues("batcher.instances.orders.transactional=true");

    /** A pool may be set to connections that do not commit by themselves: the one bound here is closed without a commit. */
    @Test
    void anItemAddedInATransactionOfAnotherDatabaseIsStoredAtOnce() {
        twoDatabases.run(context -> {
            transactions(context).executeWithoutResult(status -> {
                select(context);
                orders(context).add("x");
                assertThat(stored()).isPositive();
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.contains("x"));
        });
    }

    @Test
    void anAddJoinsTheTransactionOfItsDatabaseAroundThatOfAnother() {
        twoDatabases.run(context -> {
            TransactionTemplate own =
                    new TransactionTemplate(context.getBean("storeTransactions", PlatformTransactionManager.class));
            own.executeWithoutResult(outer -> {
                transactions(context).executeWithoutResult(inner -> {
                    select(context);
                    orders(context).add("gone");
                });
                orders(context).add("gone too");
                outer.setRollbackOnly();
            });
            TransactionTemplate ownInside =
                    new TransactionTemplate(context.getBean("storeTransactions", PlatformTransactionManager.class));
            ownInside.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            transactions(context).executeWithoutResult(outer -> {
                select(context);
                ownInside.executeWithoutResult(inner -> orders(context).add("kept"));
                orders(context).add("kept too");
                outer.setRollbackOnly();
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.size() == 2);
            assertThat(orders.items).containsExactly("kept", "kept too");
        });
    }

    /** As one that a library creates for itself: nothing tells when its transactions end. */
    @Test
    void whatIsAddedAfterTheCommitOfAManagerThatIsNoBeanIsStoredAtOnce() {
        twoDatabases.run(context -> {
            TransactionTemplate unknown = noBean(context);
            unknown.executeWithoutResult(status -> {
                afterCommit(() -> {
                    orders(context).add("after commit");
                    assertThat(stored()).isPositive();
                    unknown.executeWithoutResult(
                            participating -> orders(context).add("participating"));
                });
                TransactionalBatcher.addAfterCommit(orders(context), "transactional batcher");
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.size() == 3);
            assertThat(orders.items)
                    .containsExactlyInAnyOrder("after commit", "participating", "transactional batcher");
        });
    }

    @Test
    void anAddJoinsATransactionThatBeginsAfterTheCommitOfAManagerThatIsNoBean() {
        twoDatabases.run(context -> {
            TransactionTemplate inner = noBean(context);
            inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            noBean(context).executeWithoutResult(outer -> {
                orders(context).add("outer");
                afterCommit(() -> {
                    inner.executeWithoutResult(status -> {
                        orders(context).add("gone");
                        status.setRollbackOnly();
                    });
                    inner.executeWithoutResult(status -> orders(context).add("inner"));
                });
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.contains("inner"));
            assertThat(orders.items).containsExactly("outer", "inner");
        });
    }

    private static TransactionTemplate noBean(ApplicationContext context) {
        return new TransactionTemplate(
                new JdbcTransactionManager(context.getBean("storeDataSource", DataSource.class)));
    }

    private static void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    @Test
    void aManagerOfKafkaRunsNoHandlers() {
        assertRefused(transactional.withUserConfiguration(Kafka.class), "dataSource");
    }

    @Test
    void aManagerOfAnotherDatabaseRunsNoHandlers() {
        assertRefused(transactional.withUserConfiguration(Jpa.class), "dataSource");
    }

    @Test
    void noManagerAtAllRunsNoHandlers() {
        assertRefused(transactional, "dataSource");
    }

    @Test
    void theDataSourceThatNoManagerManagesIsTheConfiguredOne() {
        assertRefused(
                transactional
                        .withUserConfiguration(Transactions.class)
                        .withBean("audit", DataSource.class, OrdersOnPostgres::dataSource)
                        .withPropertyValues("batcher.store.jdbc.data-source=audit"),
                "audit");
    }

    private static void assertRefused(ApplicationContextRunner contexts, String dataSource) {
        StartFailures.assertFailure(
                contexts,
                "Batcher \"orders\" has transactional=true, but no bean of type "
                        + PlatformTransactionManager.class.getName() + " manages the DataSource '" + dataSource
                        + "' of the store \"jdbc\".",
                "Define one for that DataSource, such as a JdbcTransactionManager, name another DataSource with"
                        + " batcher.store.jdbc.data-source, or remove transactional.");
    }

    @Test
    void theManagerOfTheDatabaseRunsHandlersBesideAPrimaryOne() {
        transactional.withUserConfiguration(Kafka.class, Transactions.class).run(context -> {
            orders(context).add("a");
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.contains("a"));
        });
    }

    /** No attempt was made: the items wait until the configuration is corrected. */
    @Test
    void aTransactionThatIsNotOnTheDatabaseIsNoAttempt() {
        transactional
                .withUserConfiguration(Unknown.class)
                .withPropertyValues("batcher.instances.orders.retry.max-attempts=1")
                .run(context -> {
                    orders(context).addMany(List.of("a", "b"));
                    AtomicInteger begun = context.getBean(UnknownManager.class).begun;
                    Await.until("begun", () -> begun.get() >= 3);
                    assertThat(context.getBean(Orders.class).calls.get()).isZero();
                    assertThat(orders(context).deadLetters().orElseThrow().count())
                            .isZero();
                    assertThat(stored()).isEqualTo(2);
                });
    }

    private static void select(ApplicationContext context) {
        JdbcClient.create(context.getBean("storeDataSource", DataSource.class))
                .sql("select 1")
                .query(Integer.class)
                .single();
    }

    static class TwoDatabases {

        @Bean
        DataSource storeDataSource() {
            return new DelegatingDataSource(dataSource()) {
                @Override
                public Connection getConnection() throws SQLException {
                    Connection connection = super.getConnection();
                    connection.setAutoCommit(false);
                    return connection;
                }
            };
        }

        @Bean
        PlatformTransactionManager storeTransactions(DataSource storeDataSource) {
            return new JdbcTransactionManager(storeDataSource);
        }

        @Bean
        @Primary
        PlatformTransactionManager otherTransactions() {
            return new JdbcTransactionManager(new DriverManagerDataSource(Postgres.url()));
        }
    }

    static class Kafka {

        @Bean
        @Primary
        KafkaTransactionManager<String, String> kafkaTransactions() {
            DefaultKafkaProducerFactory<String, String> factory = new DefaultKafkaProducerFactory<>(Map.of());
            factory.setTransactionIdPrefix("tx");
            return new KafkaTransactionManager<>(factory);
        }
    }

    static class Jpa {

        @Bean
        PlatformTransactionManager jpaTransactions() {
            return new JpaManager();
        }
    }

    static class Unknown {

        @Bean
        UnknownManager transactions() {
            return new UnknownManager();
        }
    }

    /** Begins transactions that are on no {@code DataSource}. */
    static class UnknownManager extends AbstractPlatformTransactionManager {

        @Serial
        private static final long serialVersionUID = 1L;

        final transient AtomicInteger begun = new AtomicInteger();

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            begun.incrementAndGet();
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {}

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }

    /** Names its {@code DataSource} as {@code JpaTransactionManager} does. */
    static class JpaManager extends UnknownManager {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient DataSource dataSource = dataSource();

        public DataSource getDataSource() {
            return dataSource;
        }
    }
}
