/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherProperties.Store.Jdbc;
import io.batcher.spring.BatcherProperties.StoreKind;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.internal.store.DeadLetterPurge;
import io.batcher.spring.internal.store.JdbcDataSources;
import io.batcher.spring.internal.store.SharedStore;
import io.batcher.spring.internal.store.SpringTransactions;
import io.batcher.spring.internal.store.StoreLookup;
import io.batcher.spring.internal.store.TransactionManagers;
import io.batcher.store.jdbc.JdbcStore;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;

/** Auto-configuration for the store "jdbc": the application's {@code DataSource}, and its transactions. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(name = {StoreLookup.JDBC_MODULE, StoreLookup.SPRING_JDBC})
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherJdbcStoreAutoConfiguration implements AopInfrastructureBean {

    @Bean(StoreLookup.JDBC)
    @Lazy
    @DependsOnDatabaseInitialization
    @ConditionalOnMissingBean(name = StoreLookup.JDBC, search = SearchStrategy.CURRENT)
    SharedStore batcherJdbcStore(
            ConfigurableListableBeanFactory beanFactory,
            BatcherProperties properties,
            TransactionManagers transactionManagers) {
        return SharedStore.inherited(StoreLookup.JDBC, beanFactory, null)
                .orElseGet(() -> create(beanFactory, properties, transactionManagers));
    }

    private static SharedStore create(
            ConfigurableListableBeanFactory beanFactory,
            BatcherProperties properties,
            TransactionManagers transactionManagers) {
        Jdbc jdbc = properties.store().jdbc();
        DataSource dataSource = JdbcDataSources.find(jdbc.dataSource(), beanFactory);
        SpringTransactions transactions = new SpringTransactions(dataSource, transactionManagers);
        SharedStore store = StoreSettings.apply(
                "batcher.store.jdbc",
                () -> new SharedStore(
                        JdbcStore.builder(dataSource)
                                .tablePrefix(jdbc.tablePrefix())
                                .initializeSchema(jdbc.initializeSchema())
                                .lease(jdbc.lease())
                                .pollInterval(jdbc.pollInterval())
                                .timeout(jdbc.timeout())
                                .maxItemSize((int) jdbc.maxItemSize().toBytes())
                                .transactions(transactions)
                                .build(),
                        List.of(dataSource, jdbc.tablePrefix())));
        transactionManagers.listen(transactions);
        return store;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static TransactionManagers batcherTransactionManagers(ConfigurableListableBeanFactory beanFactory) {
        return new TransactionManagers(beanFactory);
    }

    @Bean
    @Lazy(false)
    DeadLetterPurge batcherDeadLetterPurge(BatcherRegistry registry, BatcherProperties properties) {
        Duration maxAge = properties.store().jdbc().deadLetterMaxAge();
        return new DeadLetterPurge(registry, StoreLookup.spelled(StoreKind.JDBC), maxAge);
    }
}
