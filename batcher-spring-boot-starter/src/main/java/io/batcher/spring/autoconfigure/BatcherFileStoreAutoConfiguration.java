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
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.ResourceUtils;
import org.springframework.util.StringUtils;

/** Auto-configuration for the store "file". It is opened by the first batcher that has it. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(name = {StoreLookup.JDBC_MODULE, StoreLookup.SQLITE})
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherFileStoreAutoConfiguration implements AopInfrastructureBean {

    @Bean(StoreLookup.FILE)
    @Lazy
    @ConditionalOnMissingBean(name = StoreLookup.FILE, search = SearchStrategy.CURRENT)
    SharedStore batcherFileStore(
            ConfigurableListableBeanFactory beanFactory, BatcherProperties properties, Environment environment) {
        Path directory = directory(properties, environment);
        Path place = directory.toAbsolutePath().normalize();
        return SharedStore.inherited(StoreLookup.FILE, beanFactory, place)
                .orElseGet(() -> StoreSettings.apply(
                        "batcher.store.file", () -> new SharedStore(JdbcStore.file(directory), place)));
    }

    /** Returns the directory. A relative one that is on the class path too is bound to that, which is not where files are to be written. */
    static Path directory(BatcherProperties properties, Environment environment) {
        Path bound = properties.store().file().directory();
        Object configured = Binder.get(environment)
                .bind("batcher.store.file.directory", Object.class)
                .orElse(bound);
        boolean isRelative = configured instanceof String text
                && StringUtils.hasText(text)
                && !ResourceUtils.isUrl(text)
                && !Path.of(text).isAbsolute();
        return isRelative ? Path.of((String) configured).normalize() : bound;
    }
}
