/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherClock;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A cached pool: runs a task on the thread that has been idle for the shortest time, or on a new one. A thread ends when it has been
 * idle for a while. Thread-safe; never blocks, refuses or queues.
 *
 * <p>A {@link java.util.concurrent.ThreadPoolExecutor} with a {@link java.util.concurrent.SynchronousQueue} does the same, but its
 * threads spin before they park, and a thread that has spun is scheduled later when it is woken. Measured with
 * {@code FlushLatencyBenchmark}.
 */
public final class WorkerPool implements Executor {

    private static final BatcherClock CLOCK = BatcherClock.system();

    private final ThreadFactory threads;
    private final long keepAliveNanos;

    /**
     * The worker that has been idle for the shortest time; the others follow by {@link Worker#next}. Guarded by this object's monitor.
     * Nothing is called and nothing is allocated under it, so an error cannot come between two of its statements.
     */
    private @Nullable Worker idle;

    WorkerPool(ThreadFactory threads, long keepAliveNanos) {
        this.threads = threads;
        this.keepAliveNanos = keepAliveNanos;
    }

    @Override
    public void execute(Runnable task) {
        Worker worker;
        synchronized (this) {
            worker = idle;
            if (worker != null) {
                idle = worker.next;
                worker.next = null;
                worker.task = task;
            }
        }
        if (worker == null) {
            threads.newThread(new Worker(task)).start();
        } else {
            LockSupport.unpark(worker.thread);
        }
    }

    /** A thread of the pool. */
    private final class Worker implements Runnable {

        /** What to run next. Set under the monitor, in which the worker stops being idle. */
        private volatile @Nullable Runnable task;

        /** Set before the worker is idle for the first time. */
        private volatile @Nullable Thread thread;

        /** Guarded by the monitor of the pool. */
        private @Nullable Worker next;

        private Worker(Runnable first) {
            task = first;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            for (Runnable given = task; given != null; given = awaitTask()) {
                task = null;
                Thread.interrupted(); // an interrupt that the last task left behind is not for this one
                runGuarded(given);
            }
        }

        /** What a task throws ends neither the thread nor the pool. */
        private void runGuarded(Runnable given) {
            try {
                given.run();
            } catch (Throwable thrown) {
                Thread self = Thread.currentThread();
                self.getUncaughtExceptionHandler().uncaughtException(self, thrown);
            }
        }

        /** Returns the next task; null if none came for too long. */
        private @Nullable Runnable awaitTask() {
            synchronized (WorkerPool.this) {
                next = idle;
                idle = this;
            }
            long deadline = CLOCK.nanoTime() + keepAliveNanos;
            Runnable given = task;
            while (given == null) {
                long nanos = deadline - CLOCK.nanoTime();
                if (nanos <= 0 && leave()) {
                    return null;
                }
                LockSupport.parkNanos(WorkerPool.this, nanos);
                Thread.interrupted(); // else it would not park again
                given = task;
            }
            return given;
        }

        /** Returns false if a task was given meanwhile. */
        private boolean leave() {
            synchronized (WorkerPool.this) {
                Worker before = null;
                Worker worker = idle;
                while (worker != null && worker != this) {
                    before = worker;
                    worker = worker.next;
                }
                if (worker == null) {
                    return false;
                }
                if (before == null) {
                    idle = next;
                } else {
                    before.next = next;
                }
                return true;
            }
        }
    }
}
