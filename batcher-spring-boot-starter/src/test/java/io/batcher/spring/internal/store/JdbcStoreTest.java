/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.batcher.BatcherStoreException;
import io.batcher.spring.TransactionalBatcher;
import io.batcher.spring.fixtures.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** S11: an application whose items are in its own database, PostgreSQL. */
@Tag("tests-with-org.springframework.transaction")
class JdbcStoreTest extends OrdersOnPostgres {

    @Test
    void aRowAndAnItemAreStoredTogetherOrNotAtAll() {
        contexts.run(context -> {
            TransactionTemplate transactions = transactions(context);
            Orders orders = context.getBean(Orders.class);
            transactions.executeWithoutResult(status -> {
                insert(context, "kept");
                orders(context).add("kept");
            });
            transactions.executeWithoutResult(status -> {
                insert(context, "gone");
                orders(context).add("gone");
                orders(context).addMany(List.of("gone too", "and this"));
                status.setRollbackOnly();
            });
            orders(context).add("last");
            Await.until("delivered", () -> orders.items.contains("last"));
            assertThat(orders.items).containsExactly("kept", "last");
            assertThat(rows()).containsExactly("kept");
        });
    }

    @Test
    void anItemIsDeliveredOnlyAfterTheCommit() {
        contexts.run(context -> {
            Orders orders = context.getBean(Orders.class);
            CompletableFuture<Void> handled = transactions(context).execute(status -> {
                CompletableFuture<Void> future = orders(context).submit("mine");
                assertThat(future).isNotDone();
                return future;
            });
            handled.join();
            assertThat(orders.items).containsExactly("mine");
        });
    }

    @Test
    void aReadOnlyTransactionIsRefused() {
        contexts.run(context -> {
            TransactionTemplate transactions = transactions(context);
            transactions.setReadOnly(true);
            transactions.executeWithoutResult(status -> assertThatExceptionOfType(BatcherStoreException.class)
                    .isThrownBy(() -> orders(context).add("never"))
                    .withMessageContaining("read-only"));
        });
    }

    /** The connection is still bound to the thread then, but its transaction is over. */
    @Test
    void whatIsAddedAfterTheCommitIsStoredAtOnce() {
        contexts.run(context -> {
            transactions(context).executeWithoutResult(status -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        orders(context).add("after commit");
                        assertThat(stored()).isPositive();
                    }

                    @Override
                    public void afterCompletion(int outcome) {
                        orders(context).add("after completion");
                    }
                });
                TransactionalBatcher.addAfterCommit(orders(context), "transactional batcher");
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.size() == 3);
            assertThat(orders.items)
                    .containsExactlyInAnyOrder("after commit", "after completion", "transactional batcher");
        });
    }

    @Test
    void whatWasAddedSinceASavepointGoesWithIt() {
        contexts.run(context -> {
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            TransactionTemplate nested = transactions(context);
            nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
            transactions(context).executeWithoutResult(outer -> {
                futures.add(orders(context).submit("outer"));
                nested.executeWithoutResult(inner -> {
                    futures.add(orders(context).submit("inner"));
                    inner.setRollbackOnly();
                });
            });
            futures.get(0).join();
            assertThat(futures.get(1)).isCompletedExceptionally();
            assertThat(context.getBean(Orders.class).items).containsExactly("outer");
        });
    }

    @Test
    void aSavepointThatIsReleasedDoesNotEndTheTransaction() {
        contexts.run(context -> {
            TransactionTemplate nested = transactions(context);
            nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
            transactions(context).executeWithoutResult(outer -> {
                orders(context).add("before");
                nested.executeWithoutResult(inner -> orders(context).add("inner"));
                orders(context).add("after");
                assertThat(stored()).isZero();
                outer.setRollbackOnly();
            });
            orders(context).add("last");
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.contains("last"));
            assertThat(orders.items).containsExactly("last");
        });
    }

    @Test
    void aTransactionOfItsOwnInsideAnotherKeepsItsItems() {
        contexts.run(context -> {
            TransactionTemplate own = transactions(context);
            own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            transactions(context).executeWithoutResult(outer -> {
                orders(context).add("outer");
                own.executeWithoutResult(inner -> orders(context).add("inner"));
                outer.setRollbackOnly();
            });
            Orders orders = context.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.size() == 1);
            assertThat(orders.items).containsExactly("inner");
        });
    }

    @Test
    void twoInstancesShareTheItems() {
        contexts.withPropertyValues("batcher.instances.orders.max-batch-size=5")
                .run(first -> contexts.withPropertyValues("batcher.instances.orders.max-batch-size=5")
                        .run(second -> {
                            IntStream.range(0, 100)
                                    .forEach(i ->
                                            orders(i % 2 == 0 ? first : second).add("o" + i));
                            List<String> one = first.getBean(Orders.class).items;
                            List<String> two = second.getBean(Orders.class).items;
                            Await.until("delivered", () -> one.size() + two.size() == 100);
                            Await.until("recorded", () -> stored() == 0);
                        }));
    }

    /** A shared store is left to the other instances: nothing is drained, nothing is lost. */
    @Test
    void aShutdownLeavesWhatWaitsToOthers() {
        contexts.withPropertyValues("batcher.defaults.interval=1h").run(first -> {
            orders(first).addMany(List.of("a", "b"));
            Orders orders = first.getBean(Orders.class);
            first.getSourceApplicationContext().close();
            assertThat(orders.items).isEmpty();
            assertThat(stored()).isEqualTo(2);
        });
        contexts.run(second -> {
            Orders orders = second.getBean(Orders.class);
            Await.until("delivered", () -> orders.items.size() == 2);
            assertThat(orders.items).containsExactly("a", "b");
        });
    }

    /** As for a test context that is not in use, or a checkpoint. */
    @Test
    void aStoppedContextGivesItsPartitionsBackUntilItStartsAgain() {
        contexts.run(context -> {
            Orders orders = context.getBean(Orders.class);
            Await.until("owned", () -> orders(context).stats().lanes() == 1);
            context.getSourceApplicationContext().stop();
            Await.until("given back", () -> orders(context).stats().lanes() == 0);
            orders(context).add("a");
            assertThat(stored()).isEqualTo(1);
            assertThat(orders.items).isEmpty();
            context.getSourceApplicationContext().start();
            Await.until("delivered", () -> orders.items.size() == 1);
        });
    }

    @Test
    void oldDeadLettersAreDeletedIfAnAgeIsSet() {
        contexts.withPropertyValues("batcher.instances.orders.retry.max-attempts=1")
                .run(context -> {
                    context.getBean(Orders.class).bad = "a";
                    orders(context).add("a");
                    Await.until("given up", () -> letters(context) == 1);
                });
        contexts.run(context -> assertThat(letters(context)).isEqualTo(1));
        contexts.withPropertyValues("batcher.store.jdbc.dead-letter-max-age=1ms")
                .run(context -> Await.until("deleted", () -> letters(context) == 0));
    }

    private static long letters(ApplicationContext context) {
        return orders(context).deadLetters().orElseThrow().count();
    }
}
