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
import org.springframework.transaction.PlatformTransactionManager;
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

    /** As in an application with {@code spring.main.lazy-initialization}. */
    @Test
    void aManagerThatIsCreatedLaterIsListenedTo() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(TransactionManagers.class);
            context.registerBean(
                    "manager",
                    PlatformTransactionManager.class,
                    TransactionManagersTest::manager,
                    definition -> definition.setLazyInit(true));
            context.refresh();
            context.getBean(TransactionManagers.class).listen(own);
            assertThat(context.getBeanFactory().containsSingleton("manager")).isFalse();
            assertThat(context.getBean("manager", DataSourceTransactionManager.class)
                            .getTransactionExecutionListeners())
                    .containsExactly(own);
        }
    }

    @Test
    void aManagerIsListenedToDuringTheStartup() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(TransactionManagers.class);
            context.registerBean(DataSourceTransactionManager.class, TransactionManagersTest::manager);
            context.registerBean("user", String.class, () -> {
                DataSourceTransactionManager manager = context.getBean(DataSourceTransactionManager.class);
                context.getBean(TransactionManagers.class).listen(own);
                return manager.getTransactionExecutionListeners().contains(own) ? "observed" : "unobserved";
            });
            context.refresh();
            assertThat(context.getBean("user")).isEqualTo("observed");
            assertThat(context.getBean(DataSourceTransactionManager.class).getTransactionExecutionListeners())
                    .containsExactly(own);
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
