/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** The listener of a context at the transaction managers, some of which belong to its parent. */
@Tag("tests-with-org.springframework.transaction")
class TransactionManagersTest {

    private final TransactionExecutionListener first = new Listener();
    private final TransactionExecutionListener own = new Listener();

    @Test
    void theManagerOfAParentForgetsAClosedChild() {
        try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
            parent.registerBean(DataSourceTransactionManager.class, TransactionManagersTest::manager);
            parent.refresh();
            DataSourceTransactionManager manager = parent.getBean(DataSourceTransactionManager.class);
            manager.addListener(first);

            AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
            child.setParent(parent);
            child.registerBean(TransactionManagers.class);
            child.refresh();
            Collection<TransactionExecutionListener> before = manager.getTransactionExecutionListeners();
            child.getBean(TransactionManagers.class).listen(own);
            assertThat(manager.getTransactionExecutionListeners()).containsExactly(first, own);
            assertThat(before).as("what a running transaction may iterate over").containsExactly(first);

            child.close();
            assertThat(manager.getTransactionExecutionListeners()).containsExactly(first);
        }
    }

    private static DataSourceTransactionManager manager() {
        return new DataSourceTransactionManager(new JdbcDataSource());
    }

    private static final class Listener implements TransactionExecutionListener {

        @Override
        public void beforeBegin(TransactionExecution transaction) {}
    }
}
