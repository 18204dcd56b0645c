/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.spring.BatchErrorHandler;
import io.batcher.spring.fixtures.Await;
import java.io.Serial;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** G25 in an application: the handler and the record of its outcome are one transaction. */
@Tag("tests-with-org.springframework.transaction")
class TransactionalHandlerTest extends OrdersOnPostgres {

    @Test
    void aTransactionalHandlerTakesEffectOnce() {
        contexts.withPropertyValues("batcher.instances.orders.transactional=true")
                .run(context -> {
                    Orders orders = context.getBean(Orders.class);
                    orders.writes = id -> insert(context, id);
                    orders.failures.set(1);
                    orders(context).addMany(List.of("a", "b"));
                    Await.until("recorded", () -> stored() == 0);
                    assertThat(orders.calls.get()).isEqualTo(2);
                    assertThat(rows()).containsExactly("a", "b");
                });
    }

    @Test
    void aPartOfATransactionalBatchIsCommitted() {
        contexts.withPropertyValues(
                        "batcher.instances.orders.transactional=true", "batcher.instances.orders.retry.max-attempts=1")
                .run(context -> {
                    Orders orders = context.getBean(Orders.class);
                    orders.writes = id -> insert(context, id);
                    orders.bad = "b";
                    orders(context).addMany(List.of("a", "b", "c"));
                    Await.until("recorded", () -> stored() == 0);
                    assertThat(rows()).containsExactly("a", "c");
                    assertThat(orders(context).deadLetters().orElseThrow().count())
                            .isEqualTo(1);
                });
    }

    /** As JPA does when it flushes: the database was not asked to commit. */
    @Test
    void aCommitThatIsRefusedIsAFailureOfTheHandler() {
        withoutManager
                .withUserConfiguration(RefusedCommits.class, Failures.class)
                .withPropertyValues(
                        "batcher.instances.orders.transactional=true", "batcher.instances.orders.retry.max-attempts=1")
                .run(context -> {
                    orders(context).add("a");
                    Failures failures = context.getBean(Failures.class);
                    Await.until("reported", () -> !failures.causes.isEmpty());
                    assertThat(failures.causes).singleElement().isInstanceOf(OptimisticLockingFailureException.class);
                });
    }

    /** The transaction has taken effect, whatever a callback throws after it. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aCallbackThatFailsAfterTheCommitIsNoLostAnswer(CapturedOutput output) {
        contexts.withPropertyValues("batcher.instances.orders.transactional=true")
                .run(context -> {
                    Orders orders = context.getBean(Orders.class);
                    orders.writes = id -> {
                        insert(context, id);
                        TransactionSynchronizationManager.registerSynchronization(new FailingCallback(id));
                    };
                    for (String id : List.of("one", "two")) {
                        orders(context).add(id);
                        Await.until("recorded", () -> stored() == 0);
                    }
                    Await.until("counted", () -> orders(context).stats().handled() == 2);
                    assertThat(orders.calls.get()).isEqualTo(2);
                    assertThat(rows()).containsExactly("one", "two");
                    assertThat(output)
                            .contains("A callback failed after the commit of a handler's transaction")
                            .contains("callback of one")
                            .contains("callback of two")
                            .doesNotContain("was lost");
                });
    }

    private record FailingCallback(String id) implements TransactionSynchronization {

        @Override
        public void afterCommit() {
            throw id.equals("one")
                    ? new IllegalStateException("callback of one")
                    : new UnexpectedRollbackException("callback of two, in a transaction of its own");
        }
    }

    private static final class Refusing extends JdbcTransactionManager {

        @Serial
        private static final long serialVersionUID = 1L;

        Refusing(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            throw new OptimisticLockingFailureException("changed by another transaction");
        }
    }

    static class RefusedCommits {

        @Bean
        PlatformTransactionManager transactionManager(DataSource dataSource) {
            return new Refusing(dataSource);
        }
    }

    static class Failures {

        final List<Throwable> causes = new CopyOnWriteArrayList<>();

        @BatchErrorHandler("orders")
        void failed(BatchFailure<String> failure) {
            causes.add(failure.cause());
        }
    }
}
