/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherFullException;
import io.batcher.testing.VirtualTime;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Items that are added with a transaction. */
@ExtendWith(OutputCaptureExtension.class)
class TransactionalBatcherTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> items = new ArrayList<>();
    private final Batcher<String> batcher = time.applyTo(Batcher.<String>builder("readings"))
            .capacity(3)
            .handler(items::addAll)
            .build();
    private final TransactionTemplate transaction = new TransactionTemplate(transactions());

    @AfterEach
    void close() {
        batcher.close();
    }

    @Test
    void itemsWaitForTheCommit() {
        transaction.executeWithoutResult(status -> {
            TransactionalBatcher.addAfterCommit(batcher, "a");
            TransactionalBatcher.addManyAfterCommit(batcher, List.of("b", "c"));
            assertThat(batcher.stats().accepted()).isZero();
        });
        assertThat(delivered()).containsExactly("a", "b", "c");
    }

    @Test
    void itemsOfARolledBackTransactionNeverArrive() {
        transaction.executeWithoutResult(status -> {
            TransactionalBatcher.addAfterCommit(batcher, "a");
            status.setRollbackOnly();
        });
        assertThat(batcher.stats().accepted()).isZero();
    }

    @Test
    void withoutATransactionItemsAreAddedAtOnce() {
        TransactionalBatcher.addAfterCommit(batcher, "a");
        assertThat(batcher.stats().accepted()).isEqualTo(1);
    }

    @Test
    void anInnerTransactionHasItsOwnItems() {
        transaction.executeWithoutResult(outer -> {
            TransactionalBatcher.addAfterCommit(batcher, "outer");
            inner(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                    .executeWithoutResult(status -> TransactionalBatcher.addAfterCommit(batcher, "inner"));
            assertThat(batcher.stats().accepted()).isEqualTo(1);
            outer.setRollbackOnly();
        });
        assertThat(delivered()).containsExactly("inner");
    }

    @Test
    void itemsRolledBackToASavepointNeverArrive() {
        transaction.executeWithoutResult(outer -> {
            inner(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(status -> {
                TransactionalBatcher.addAfterCommit(batcher, "first nested");
                status.setRollbackOnly();
            });
            TransactionalBatcher.addAfterCommit(batcher, "a");
            inner(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(status -> {
                TransactionalBatcher.addAfterCommit(batcher, "second nested");
                status.setRollbackOnly();
            });
            inner(TransactionDefinition.PROPAGATION_NESTED)
                    .executeWithoutResult(status -> TransactionalBatcher.addAfterCommit(batcher, "b"));
        });
        assertThat(delivered()).containsExactly("a", "b");
    }

    @Test
    void itemsAddedInAfterCommitOfOthersArrive() {
        transaction.executeWithoutResult(
                status -> TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        TransactionalBatcher.addAfterCommit(batcher, "late");
                    }
                }));
        assertThat(delivered()).containsExactly("late");
    }

    @Test
    void aRejectedItemDoesNotAffectTheOthers() {
        assertThatExceptionOfType(BatcherFullException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(
                        status -> TransactionalBatcher.addManyAfterCommit(batcher, List.of("a", "b", "c", "d", "e"))))
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(delivered()).containsExactly("a", "b", "c");
    }

    @Test
    void anExceptionOfTheWeigherIsThrownUnchanged(CapturedOutput output) {
        List<String> handled = new ArrayList<>();
        IllegalStateException[] thrown = {new IllegalStateException("first"), new IllegalStateException("second")};
        Iterator<IllegalStateException> next = List.of(thrown).iterator();
        Batcher<String> weighed = time.applyTo(Batcher.<String>builder("weighed"))
                .maxBatchWeight(10)
                .weigher(item -> {
                    if (item.isEmpty()) {
                        throw next.next();
                    }
                    return 1;
                })
                .handler(handled::addAll)
                .build();
        assertThatThrownBy(() -> transaction.executeWithoutResult(
                        status -> TransactionalBatcher.addManyAfterCommit(weighed, List.of("", "a", "", "b"))))
                .isSameAs(thrown[0])
                .hasNoSuppressedExceptions()
                .hasNoCause();
        assertThat(output).contains("\"weighed\"", "IllegalStateException: second");
        weighed.close();
        assertThat(handled).containsExactly("a", "b");
    }

    @Test
    void nullIsRejectedImmediately() {
        transaction.executeWithoutResult(status -> assertThatNullPointerException()
                .isThrownBy(() -> TransactionalBatcher.addAfterCommit(batcher, null))
                .withMessage("item"));
    }

    @Test
    void withoutSpringTransactionsItemsAreAddedAtOnce() throws Exception {
        try (FilteredClassLoader withoutTransactions = new FilteredClassLoader("org.springframework.transaction") {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                // A copy of its own, which sees what this loader sees.
                if (name.startsWith("io.batcher.spring.") && findLoadedClass(name) == null) {
                    byte[] code = code(name);
                    return defineClass(name, code, 0, code.length);
                }
                return super.loadClass(name, resolve);
            }
        }) {
            var method = Class.forName(TransactionalBatcher.class.getName(), true, withoutTransactions)
                    .getMethod("addAfterCommit", Batcher.class, Object.class);
            transaction.executeWithoutResult(status -> invoke(method));
        }
        assertThat(delivered()).containsExactly("a");
    }

    private void invoke(java.lang.reflect.Method method) {
        try {
            method.invoke(null, batcher, "a");
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(e);
        }
        assertThat(batcher.stats().accepted()).isEqualTo(1);
    }

    private static byte[] code(String name) {
        try (var in = TransactionalBatcherTest.class
                .getClassLoader()
                .getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> delivered() {
        batcher.flush();
        time.runReady();
        return items;
    }

    private TransactionTemplate inner(int propagation) {
        TransactionTemplate inner = new TransactionTemplate(transaction.getTransactionManager());
        inner.setPropagationBehavior(propagation);
        return inner;
    }

    private static PlatformTransactionManager transactions() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:transactional");
        return new JdbcTransactionManager(database);
    }
}
