/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.metrics.BatcherMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Auto-configuration for the metrics of batchers. */
@AutoConfiguration(after = BatcherAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(BatcherRegistry.class)
public final class BatcherMetricsAutoConfiguration implements AopInfrastructureBean {

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    BatcherMetrics batcherMetrics(BatcherRegistry registry) {
        return new BatcherMetrics(registry);
    }

    @Bean
    @Lazy(false)
    InheritedMeterRegistry batcherInheritedMeterRegistry(
            ConfigurableListableBeanFactory beanFactory, BatcherMetrics metrics) {
        return new InheritedMeterRegistry(beanFactory, metrics);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    BatcherCustomizer batcherMetricsCustomizer(BatcherMetrics metrics) {
        return (name, builder) -> builder.listener(metrics);
    }
}
