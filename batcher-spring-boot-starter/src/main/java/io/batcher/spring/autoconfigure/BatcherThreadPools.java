/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * The starter's own threads. A stopping or closing context does not stop them: batchers are drained and closed then, and their
 * destruction comes after that of the batchers.
 */
final class BatcherThreadPools {

    private static final int KEEP_ALIVE_SECONDS = 60; // as the threads of the handlers have it

    private BatcherThreadPools() {}

    static TaskScheduler scheduler() {
        TimerThread scheduler = new TimerThread();
        scheduler.setRemoveOnCancelPolicy(true);
        return configured(scheduler, "batcher-timer-");
    }

    static AsyncTaskExecutor executor(Environment environment) {
        if (Threading.VIRTUAL.isActive(environment)) {
            SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("batcher-");
            executor.setVirtualThreads(true);
            return executor;
        }
        HandlerThreads executor = new HandlerThreads();
        executor.setQueueCapacity(0);
        return configured(executor, "batcher-");
    }

    private static <T extends ExecutorConfigurationSupport> T configured(T threads, String prefix) {
        threads.setThreadNamePrefix(prefix);
        threads.setDaemon(true);
        threads.setAcceptTasksAfterContextClose(true);
        return threads;
    }

    /** Ticks; none of its tasks takes long. One thread while a tick is to come, and none a while after the last. */
    private static final class TimerThread extends ThreadPoolTaskScheduler {

        @Override
        protected ScheduledExecutorService createExecutor(
                int poolSize, ThreadFactory threads, RejectedExecutionHandler rejected) {
            ScheduledExecutorService executor = super.createExecutor(poolSize, threads, rejected);
            if (executor instanceof ThreadPoolExecutor pool) {
                pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
                pool.allowCoreThreadTimeOut(true);
            }
            return executor;
        }

        @Override
        public void stop() {}

        @Override
        public void stop(Runnable callback) {
            callback.run();
        }
    }

    /** A thread per batch that is being delivered, and none while nothing is. */
    private static final class HandlerThreads extends ThreadPoolTaskExecutor {

        private HandlerThreads() {
            setCorePoolSize(0);
        }

        @Override
        public void stop() {}

        @Override
        public void stop(Runnable callback) {
            callback.run();
        }
    }
}
