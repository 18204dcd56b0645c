/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.health.BatchersHealthIndicator;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the health contributor {@code batchers}; disabled by default. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBooleanProperty("management.health.batchers.enabled")
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherHealthContributorAutoConfiguration implements AopInfrastructureBean {

    @Bean
    @ConditionalOnMissingBean(
            name = {"batchersHealthIndicator", "batchersHealthContributor"},
            search = SearchStrategy.CURRENT)
    BatchersHealthIndicator batchersHealthIndicator(BatcherRegistry registry, BatcherProperties properties) {
        BatcherProperties.Health health = properties.health();
        return new BatchersHealthIndicator(registry, health.maxAge(), health.maxConsecutiveFailures());
    }
}
