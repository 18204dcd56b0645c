/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.runtime;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Creates the starter's own pools of daemon threads, which end after a keep-alive time. */
final class DaemonThreadPools {

    private static final int KEEP_ALIVE_SECONDS = 60;

    private DaemonThreadPools() {}

    /** Returns a scheduler with one thread while a timer is set. Its tasks are short: they only fire the engine's timers. */
    static ThreadPoolTaskScheduler scheduler(@Nullable ClassLoader classLoader) {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadFactory(new Daemons("batcher-timer-", classLoader));
        scheduler.setDaemon(true); // reported by isDaemon(); the factory sets it
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.initialize();
        ScheduledThreadPoolExecutor pool = scheduler.getScheduledThreadPoolExecutor();
        pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        return scheduler;
    }

    /** Returns an executor without threads; call {@link #addThreads} for each batcher that uses it. */
    static AsyncTaskExecutor executor(Environment environment, @Nullable ClassLoader classLoader) {
        if (Threading.VIRTUAL.isActive(environment)) {
            return new SimpleAsyncTaskExecutor(VirtualThreads.factory("batcher-", classLoader));
        }
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadFactory(new Daemons("batcher-", classLoader));
        executor.setCorePoolSize(0);
        executor.setAllowCoreThreadTimeOut(true);
        executor.setKeepAliveSeconds(KEEP_ALIVE_SECONDS);
        executor.setWaitForTasksToCompleteOnShutdown(
                true); // no interrupt: a handler that closes the context may still be running
        executor.initialize();
        return executor;
    }

    /**
     * Allows a pool more threads, created on demand: as many as a batcher runs tasks at a time, so no batcher waits for another. A
     * cached pool would need a SynchronousQueue, whose threads spin before they park and start late on few cores (FlushLatency).
     */
    static void addThreads(AsyncTaskExecutor executor, int count) {
        if (executor instanceof ThreadPoolTaskExecutor pool) {
            pool.setCorePoolSize(pool.getCorePoolSize() + count);
        }
    }

    /**
     * Creates daemon threads that inherit nothing from the calling thread, which may serve a request: no thread locals, priority or
     * thread group. Their context class loader is the application's.
     */
    private static final class Daemons extends CustomizableThreadFactory {

        private static final long DEFAULT_STACK_SIZE = 0;

        private final transient @Nullable ClassLoader classLoader;

        private Daemons(String prefix, @Nullable ClassLoader classLoader) {
            super(prefix);
            this.classLoader = classLoader;
        }

        @Override
        public Thread createThread(Runnable task) {
            ThreadGroup group = Thread.currentThread().getThreadGroup();
            while (group.getParent() != null) {
                group = group.getParent();
            }
            Thread thread = new Thread(group, task, nextThreadName(), DEFAULT_STACK_SIZE, false);
            thread.setDaemon(true);
            thread.setPriority(Thread.NORM_PRIORITY);
            thread.setContextClassLoader(classLoader);
            return thread;
        }
    }
}
