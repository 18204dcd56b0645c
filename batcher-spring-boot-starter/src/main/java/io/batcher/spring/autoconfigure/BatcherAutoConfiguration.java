/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherProperties;
import io.batcher.spring.BatcherRegistry;
import io.batcher.spring.RetryAfterResolver;
import io.batcher.spring.internal.definition.BatcherDefinitionRegistrar;
import io.batcher.spring.internal.handler.HandlerScope;
import io.batcher.spring.internal.handler.HttpRetryAfterResolver;
import io.batcher.spring.internal.handler.RetryAfterTranslator;
import io.batcher.spring.internal.runtime.BatchHandlerBeanPostProcessor;
import io.batcher.spring.internal.runtime.BatcherFactory;
import io.batcher.spring.internal.runtime.BatcherLifecycle;
import io.batcher.spring.internal.runtime.BatcherThreads;
import io.batcher.spring.internal.runtime.DefaultBatcherRegistry;
import io.batcher.spring.internal.runtime.HandlerConnector;
import io.batcher.testing.VirtualTime;
import java.time.InstantSource;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration that registers batchers as beans, from properties and {@code @BatchHandler} methods.
 *
 * <p>The starter's own beans are {@link AopInfrastructureBean}s, which are never auto-proxied. Otherwise an aspect of the
 * application with a broad pointcut would fail on final classes, or intercept internal calls.
 */
@AutoConfiguration
@ImportRuntimeHints(BatcherRuntimeHints.class)
public final class BatcherAutoConfiguration implements AopInfrastructureBean {

    @Bean(BatcherDefinitionRegistrar.BEAN_NAME)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BatcherDefinitionRegistrar batcherDefinitionRegistrar() {
        return new BatcherDefinitionRegistrar();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BatchHandlerBeanPostProcessor batchHandlerBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            Environment environment,
            BatcherDefinitionRegistrar registrar,
            ObjectProvider<HandlerScope> scope,
            ObjectProvider<RetryAfterResolver> retryAfter) {
        return new BatchHandlerBeanPostProcessor(
                beanFactory,
                environment,
                registrar,
                new HandlerConnector(
                        beanFactory,
                        () -> scope.getIfAvailable(() -> HandlerScope.NONE),
                        () -> new RetryAfterTranslator(
                                retryAfter.orderedStream().toList())));
    }

    @Bean
    @ConditionalOnMissingBean
    RetryAfterResolver httpRetryAfterResolver() {
        return new HttpRetryAfterResolver(InstantSource.system());
    }

    /** Batchers deliver by interval and appear in the endpoint, even if no bean injects them. */
    @Bean
    static LazyInitializationExcludeFilter batchersAreNotLazy() {
        return LazyInitializationExcludeFilter.forBeanTypes(Batcher.class, BatcherLifecycle.class);
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    BatcherRegistry batcherRegistry(
            ConfigurableListableBeanFactory beanFactory, BatcherFactory factory, BatcherDefinitionRegistrar registrar) {
        return new DefaultBatcherRegistry(beanFactory, factory, registrar);
    }

    @Bean
    BatcherLifecycle batcherLifecycle(
            BatcherRegistry registry, BatchHandlerBeanPostProcessor handlers, BatcherFactory factory) {
        return new BatcherLifecycle(registry, handlers, factory);
    }

    @Bean(BatcherDefinitionRegistrar.FACTORY_BEAN_NAME)
    BatcherFactory batcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatcherThreads threads,
            ObjectProvider<BatcherCustomizer> customizers) {
        return new BatcherFactory(beanFactory, threads, customizers);
    }

    @Bean(BatcherThreads.BEAN_NAME)
    BatcherThreads batcherThreads(
            ApplicationContext context, ConfigurableListableBeanFactory beanFactory, BatcherProperties properties) {
        String scheduler = StringUtils.hasText(properties.scheduler()) ? properties.scheduler() : null;
        VirtualTime virtualTime =
                beanFactory.getBeanProvider(VirtualTime.class).getIfAvailable(); // possibly from a parent
        return new BatcherThreads(context, beanFactory, scheduler, virtualTime);
    }
}
