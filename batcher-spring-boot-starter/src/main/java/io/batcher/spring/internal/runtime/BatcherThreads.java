/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherScheduler;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.testing.VirtualTime;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Provides the executor for handlers and the scheduler for timers: beans of the application, or the starter's own pools. The pools
 * are not beans, because beans of type {@code TaskScheduler} or {@code Executor} would affect the application's own scheduling,
 * conditions, lookups by type and aspects.
 *
 * <p>The pools keep running while the context stops, because batchers are drained and closed then. They are shut down when this
 * bean is destroyed, after the batchers.
 */
public class BatcherThreads implements DisposableBean, ApplicationListener<ContextClosedEvent>, AopInfrastructureBean {

    public static final String BEAN_NAME = "batcherThreads";
    static final String SCHEDULER = "batcherTaskScheduler";
    static final String EXECUTOR = "batcherTaskExecutor";

    private final ApplicationContext context;
    private final ConfigurableListableBeanFactory beanFactory;
    private final @Nullable VirtualTime virtualTime;
    private @Nullable ThreadPoolTaskScheduler ownScheduler;
    private @Nullable AsyncTaskExecutor ownExecutor;
    private final @Nullable BatcherScheduler scheduler;
    private final @Nullable Executor executor;

    /**
     * Finds or creates executor and scheduler.
     *
     * @param schedulerName the scheduler bean; null for the default
     * @param virtualTime the virtual time of a test, which replaces both
     */
    public BatcherThreads(
            ApplicationContext context,
            ConfigurableListableBeanFactory beanFactory,
            @Nullable String schedulerName,
            @Nullable VirtualTime virtualTime) {
        this.context = context;
        this.beanFactory = beanFactory;
        this.virtualTime = virtualTime;
        this.executor = virtualTime == null ? executor() : null;
        this.scheduler = virtualTime == null ? scheduler(schedulerName) : null;
    }

    void apply(BatcherBuilder<?> builder) {
        if (virtualTime != null) {
            virtualTime.applyTo(builder);
        } else if (executor != null && scheduler != null) {
            builder.executor(executor).scheduler(scheduler);
        }
    }

    /** Allows the starter's own executor the threads of a batcher. */
    synchronized void reserve(int threads) {
        if (ownExecutor != null) {
            DaemonThreadPools.addThreads(ownExecutor, threads);
        }
    }

    /** A shutdown hook may close the context of a test; its thread drives the virtual time from then on. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (virtualTime != null && event.getApplicationContext() == context) { // not a child
            virtualTime.driveFromHere();
        }
    }

    @Override
    public void destroy() {
        if (ownScheduler != null) {
            ownScheduler.shutdown();
        }
        if (ownExecutor instanceof ThreadPoolTaskExecutor pool) {
            pool.shutdown();
        }
    }

    /** Returns the starter's own scheduler; null if a bean replaces it. */
    @Nullable ThreadPoolTaskScheduler ownScheduler() {
        return ownScheduler;
    }

    /** Returns the starter's own executor; null if a bean replaces it. */
    @Nullable AsyncTaskExecutor ownExecutor() {
        return ownExecutor;
    }

    private Executor executor() {
        if (!beanFactory.containsBean(EXECUTOR)) {
            AsyncTaskExecutor own = DaemonThreadPools.executor(context.getEnvironment(), context.getClassLoader());
            ownExecutor = own;
            return own;
        }
        Object bean = destroyedAfterThis(EXECUTOR);
        if (bean instanceof Executor users) {
            return users;
        }
        throw new BatcherConfigurationException(
                "The bean '" + EXECUTOR + "', which is to run the handlers of batchers, is a "
                        + bean.getClass().getName() + ".",
                "Make it an Executor, or give it another name.");
    }

    private BatcherScheduler scheduler(@Nullable String configured) {
        String name = configured == null ? SCHEDULER : configured;
        boolean exists = beanFactory.containsBean(name);
        if (!exists && name.equals(SCHEDULER)) {
            ThreadPoolTaskScheduler own = DaemonThreadPools.scheduler(context.getClassLoader());
            ownScheduler = own;
            return timersOf(own);
        }
        Object bean = exists ? destroyedAfterThis(name) : null;
        if (bean instanceof TaskScheduler users) {
            return timersOf(users);
        }
        if (bean instanceof ScheduledExecutorService users) {
            return (task, delay) -> users.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
        throw noScheduler(name, configured != null, bean);
    }

    private static BatcherScheduler timersOf(TaskScheduler scheduler) {
        return (task, delay) ->
                scheduler.schedule(task, scheduler.getClock().instant().plus(delay));
    }

    private Object destroyedAfterThis(String beanName) {
        Object bean = beanFactory.getBean(beanName);
        beanFactory.registerDependentBean(beanName, BEAN_NAME);
        return bean;
    }

    private BatcherConfigurationException noScheduler(String name, boolean configured, @Nullable Object bean) {
        Set<String> known = new TreeSet<>(Set.of(SCHEDULER));
        known.addAll(Set.of(beanFactory.getBeanNamesForType(TaskScheduler.class)));
        known.addAll(Set.of(beanFactory.getBeanNamesForType(ScheduledExecutorService.class)));
        return new BatcherConfigurationException(
                (configured ? "batcher.scheduler names the bean '" : "The timers of batchers come from the bean '")
                        + name
                        + "', which "
                        + (bean == null
                                ? "does not exist"
                                : "is a " + bean.getClass().getName())
                        + ". Known schedulers: " + String.join(", ", known) + ".",
                "Name a TaskScheduler or ScheduledExecutorService bean, or "
                        + (configured ? "remove batcher.scheduler." : "give the bean another name."));
    }
}
