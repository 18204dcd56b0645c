/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.autoconfigure;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Makes the starter's own threads: daemons that end a while after their last work. */
final class BatcherThreadPools {

    private static final int KEEP_ALIVE_SECONDS = 60;

    private BatcherThreadPools() {}

    /** Returns a scheduler with one thread while a timer is set. Its tasks only fire the engine's timers, so none takes long. */
    static ThreadPoolTaskScheduler scheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("batcher-timer-");
        scheduler.setDaemon(true);
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.initialize();
        ScheduledThreadPoolExecutor pool = scheduler.getScheduledThreadPoolExecutor();
        pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        return scheduler;
    }

    /** Returns an executor without threads yet; {@link #addThread} for each batcher that uses it. */
    static AsyncTaskExecutor executor(Environment environment) {
        if (Threading.VIRTUAL.isActive(environment)) {
            SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("batcher-");
            executor.setVirtualThreads(true);
            return executor;
        }
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix("batcher-");
        executor.setDaemon(true);
        executor.setCorePoolSize(0);
        executor.setAllowCoreThreadTimeOut(true);
        executor.setKeepAliveSeconds(KEEP_ALIVE_SECONDS);
        executor.setWaitForTasksToCompleteOnShutdown(
                true); // no interrupt: a handler that closes the context is still running
        executor.initialize();
        return executor;
    }

    /**
     * Lets a pool have one thread more, made when it is needed. A batcher runs one task at a time, so with a thread for each none waits
     * for another. A pool that makes a thread wherever none is idle needs a SynchronousQueue, whose threads spin before they park: on few
     * cores they are run up to a millisecond later when a task comes (FlushLatencyBenchmark).
     */
    static void addThread(AsyncTaskExecutor executor) {
        if (executor instanceof ThreadPoolTaskExecutor pool) {
            pool.setCorePoolSize(pool.getCorePoolSize() + 1);
        }
    }
}
