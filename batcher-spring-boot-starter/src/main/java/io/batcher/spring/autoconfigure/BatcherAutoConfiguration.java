/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.Batcher;
import io.batcher.spring.BatcherCustomizer;
import io.batcher.spring.BatcherRegistry;
import io.batcher.testing.VirtualTime;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.util.StringUtils;

/** Auto-configuration for batchers: each of them a bean, from properties and {@code @BatchHandler} methods. */
@AutoConfiguration(after = {TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class})
@ImportRuntimeHints(BatcherRuntimeHints.class)
public final class BatcherAutoConfiguration {

    static final String SCHEDULER = "batcherTaskScheduler";
    static final String EXECUTOR = "batcherTaskExecutor";

    @Bean(BatcherDefinitionRegistrar.BEAN_NAME)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BatcherDefinitionRegistrar batcherDefinitionRegistrar() {
        return new BatcherDefinitionRegistrar();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static HandlerConnector batchHandlerConnector(
            ConfigurableListableBeanFactory beanFactory,
            Environment environment,
            BatcherDefinitionRegistrar registrar,
            ObjectProvider<HandlerScope> scope) {
        return new HandlerConnector(
                beanFactory, environment, registrar, () -> scope.getIfAvailable(() -> HandlerScope.NONE));
    }

    /** A batcher must tick, and be seen by the endpoint, without being asked for. */
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
    BatcherLifecycle batcherLifecycle(BatcherRegistry registry) {
        return new BatcherLifecycle(registry);
    }

    @Bean(BatcherDefinitionRegistrar.FACTORY_BEAN_NAME)
    BatcherFactory batcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatcherThreads threads,
            ObjectProvider<BatcherCustomizer> customizers) {
        return new BatcherFactory(beanFactory, threads, customizers);
    }

    @Bean
    BatcherThreads batcherThreads(
            ConfigurableListableBeanFactory beanFactory,
            BatcherProperties properties,
            @Qualifier(EXECUTOR) Executor executor,
            ObjectProvider<VirtualTime> virtualTime) {
        VirtualTime time = virtualTime.getIfAvailable();
        if (time != null) {
            return time::applyTo;
        }
        String scheduler = StringUtils.hasText(properties.scheduler()) ? properties.scheduler() : SCHEDULER;
        BatcherThreads threads = BatcherThreads.of(executor, BatcherThreads.schedulerOf(scheduler, beanFactory));
        beanFactory.registerDependentBean(scheduler, "batcherThreads");
        return threads;
    }

    /** A context of tests may be closed by a shutdown hook, when the thread of the tests moves the time no more. */
    @Bean
    @ConditionalOnBean(VirtualTime.class)
    ApplicationListener<ContextClosedEvent> batcherVirtualTimeDriver(VirtualTime time, ApplicationContext context) {
        return closed -> {
            if (closed.getApplicationContext() == context) { // not a child
                time.driveFromHere();
            }
        };
    }

    /**
     * Gives the ticks. Not the application's scheduler, which refuses work from the first moment of a shutdown, when requests
     * that wait for their items are still running; and not a default candidate, so that it does not become that.
     */
    @Bean(name = SCHEDULER, defaultCandidate = false)
    @ConditionalOnMissingBean(name = SCHEDULER)
    TaskScheduler batcherTaskScheduler() {
        return BatcherThreadPools.scheduler();
    }

    /** Runs the handlers. */
    @Bean(name = EXECUTOR, defaultCandidate = false)
    @ConditionalOnMissingBean(name = EXECUTOR)
    AsyncTaskExecutor batcherTaskExecutor(Environment environment) {
        return BatcherThreadPools.executor(environment);
    }
}
