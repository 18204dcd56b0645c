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

/** Makes the starter's own threads: daemons that end a while after their last work. */
final class DaemonThreadPools {

    private static final int KEEP_ALIVE_SECONDS = 60;

    private DaemonThreadPools() {}

    /** Returns a scheduler with one thread while a timer is set. Its tasks only fire the engine's timers, so none takes long. */
    static ThreadPoolTaskScheduler scheduler(@Nullable ClassLoader classLoader) {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadFactory(new Daemons("batcher-timer-", classLoader));
        scheduler.setDaemon(true); // what it tells of itself
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.initialize();
        ScheduledThreadPoolExecutor pool = scheduler.getScheduledThreadPoolExecutor();
        pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        return scheduler;
    }

    /** Returns an executor without threads yet; {@link #addThread} for each batcher that uses it. */
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

    /**
     * Makes daemon threads that inherit nothing from the thread whose call made them, which may be a request's: no thread locals, priority
     * or thread group. Their context class loader is the application's.
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
