/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.spring.metrics.BatcherMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Binds the meters of a child context without a meter registry to the registry of its parent, because Spring Boot binds meters only to
 * registries of the same context. Removes them when the child is closed.
 */
final class InheritedMeterRegistry implements SmartInitializingSingleton, DisposableBean, AopInfrastructureBean {

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatcherMetrics metrics;
    private @Nullable MeterRegistry registry;

    InheritedMeterRegistry(ConfigurableListableBeanFactory beanFactory, BatcherMetrics metrics) {
        this.beanFactory = beanFactory;
        this.metrics = metrics;
    }

    @Override
    public void afterSingletonsInstantiated() {
        boolean own = beanFactory.getBeanNamesForType(MeterRegistry.class, true, false).length > 0;
        if (!own && beanFactory.getParentBeanFactory() != null) {
            registry = beanFactory.getBeanProvider(MeterRegistry.class).getIfUnique();
        }
        if (registry != null) {
            metrics.bindTo(registry);
        }
    }

    @Override
    public void destroy() {
        if (registry != null) {
            metrics.unbindFrom(registry);
        }
    }
}
