/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherScheduler;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of batchers without an executor or scheduler of their own: one timer thread and one cached pool for the whole process,
 * created on first use. Daemon threads that end after they were idle for a while.
 */
public final class SharedThreads {

    private static final long KEEP_ALIVE_SECONDS = 10;

    /** The wait of the timer after no thread could be created. */
    private static final long RETRY_MILLIS = 100;

    private static final String TIMER = "batcher-timer";

    private SharedThreads() {}

    /** Initialized on first use. */
    private static final class Lazy {
        private static final ScheduledThreadPoolExecutor TIMER_THREAD =
                new ScheduledThreadPoolExecutor(1, daemons(TIMER));
        private static final WorkerPool POOL =
                new WorkerPool(daemons("batcher-worker"), TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS));

        static {
            TIMER_THREAD.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
            TIMER_THREAD.allowCoreThreadTimeOut(true);
            TIMER_THREAD.setRemoveOnCancelPolicy(true);
        }
    }

    public static BatcherScheduler scheduler() {
        return (task, delay) -> Lazy.TIMER_THREAD.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    public static Executor workers() {
        return SharedThreads::execute;
    }

    private static void execute(Runnable task) {
        try {
            Lazy.POOL.execute(task);
        } catch (Throwable noThread) {
            if (!isTimerThread()) {
                throw noThread;
            }
            // What a timer starts has no caller that could try again.
            Lazy.TIMER_THREAD.schedule(() -> execute(task), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Runs a task that may block: on this thread, unless it is the timer thread. */
    public static void offTimer(Runnable task) {
        if (isTimerThread()) {
            execute(task);
        } else {
            task.run();
        }
    }

    /** Returns whether this is the thread of the process-wide timer. */
    public static boolean isTimerThread() {
        return Thread.currentThread() instanceof Daemon daemon && daemon.isTimer;
    }

    /** Runs a task on a new thread, for work that must run even if an executor does not run it. */
    public static void runOnFreshThread(String name, Runnable task) {
        newDaemon(task, name, false).start();
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> newDaemon(task, name + "-" + count.incrementAndGet(), name.equals(TIMER));
    }

    /**
     * Creates a thread that inherits nothing from the caller, whose application may stop before the thread ends: no inheritable thread
     * locals, context class loader, priority, thread group or access control context.
     */
    @SuppressWarnings("removal") // before JDK 24 the thread would otherwise refer to the class loaders of the caller
    private static Thread newDaemon(Runnable task, String name, boolean isTimer) {
        return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> new Daemon(task, name, isTimer));
    }

    private static final class Daemon extends Thread {

        private static final long DEFAULT_STACK_SIZE = 0;

        private final boolean isTimer;

        private Daemon(Runnable task, String name, boolean isTimer) {
            super(topGroup(), task, name, DEFAULT_STACK_SIZE, false);
            this.isTimer = isTimer;
            setDaemon(true);
            setPriority(NORM_PRIORITY);
            setContextClassLoader(ClassLoader.getSystemClassLoader());
        }

        private static ThreadGroup topGroup() {
            ThreadGroup group = Thread.currentThread().getThreadGroup();
            while (group.getParent() != null) {
                group = group.getParent();
            }
            return group;
        }
    }
}
