/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of batchers that were given none: one timer thread and one cached pool for the whole process, made on first use.
 * Daemon threads, which end when they were idle for a while.
 */
final class SharedThreads {

    private static final long KEEP_ALIVE_SECONDS = 10;

    private SharedThreads() {}

    private static final class Timer {
        private static final ScheduledThreadPoolExecutor INSTANCE =
                new ScheduledThreadPoolExecutor(1, daemons("batcher-timer"));

        static {
            INSTANCE.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
            INSTANCE.allowCoreThreadTimeOut(true);
            INSTANCE.setRemoveOnCancelPolicy(true);
        }
    }

    private static final class Workers {
        private static final Executor INSTANCE = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                daemons("batcher-worker"));
    }

    static ScheduledExecutorService timer() {
        return Timer.INSTANCE;
    }

    static Executor workers() {
        return Workers.INSTANCE;
    }

    /** Starts a thread of its own, for what must run even where an executor does not. */
    static void runOnFreshThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
