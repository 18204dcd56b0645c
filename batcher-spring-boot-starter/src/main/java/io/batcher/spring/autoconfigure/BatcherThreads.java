/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherScheduler;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.scheduling.TaskScheduler;

/** Where the batchers' handlers run and where their timers come from. */
@FunctionalInterface
interface BatcherThreads {

    void apply(BatcherBuilder<?> builder);

    static BatcherThreads of(Executor executor, BatcherScheduler scheduler) {
        return builder -> builder.executor(executor).scheduler(scheduler);
    }

    /** Returns the scheduler of a bean: a TaskScheduler or a ScheduledExecutorService. */
    static BatcherScheduler schedulerOf(String beanName, ListableBeanFactory beanFactory) {
        Object bean = beanFactory.containsBean(beanName) ? beanFactory.getBean(beanName) : null;
        if (bean instanceof TaskScheduler scheduler) {
            return (task, delay) ->
                    scheduler.schedule(task, scheduler.getClock().instant().plus(delay));
        }
        if (bean instanceof ScheduledExecutorService scheduler) {
            return (task, delay) ->
                    scheduler.schedule(task, delay.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
        }
        throw noScheduler(beanName, bean, beanFactory);
    }

    private static BatcherConfigurationException noScheduler(
            String beanName, @Nullable Object bean, ListableBeanFactory beanFactory) {
        return new BatcherConfigurationException(
                "batcher.scheduler names the bean '" + beanName + "', which "
                        + (bean == null
                                ? "does not exist"
                                : "is a " + bean.getClass().getName()) + ". Known schedulers: "
                        + String.join(", ", beanFactory.getBeanNamesForType(TaskScheduler.class)) + ".",
                "Name a TaskScheduler or ScheduledExecutorService bean, or remove batcher.scheduler.");
    }
}
