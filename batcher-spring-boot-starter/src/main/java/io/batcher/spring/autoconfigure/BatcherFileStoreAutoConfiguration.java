/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.internal.store.SharedStore;
import io.batcher.spring.internal.store.StoreLookup;
import io.batcher.store.jdbc.JdbcStore;
import java.nio.file.Path;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Auto-configuration for the store "file". It is opened by the first batcher that has it. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(name = {StoreLookup.JDBC_MODULE, StoreLookup.SQLITE})
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherFileStoreAutoConfiguration implements AopInfrastructureBean {

    @Bean(StoreLookup.FILE)
    @Lazy
    @ConditionalOnMissingBean(name = StoreLookup.FILE)
    SharedStore batcherFileStore(BatcherProperties properties) {
        Path directory = properties.store().file().directory();
        return StoreSettings.apply("batcher.store.file", () -> new SharedStore(JdbcStore.file(directory)));
    }
}
