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
 * A cached pool. Runs a task on the thread that became idle last, or on a new thread. Idle threads end after a while. Thread-safe; never
 * blocks, rejects or queues a task.
 *
 * <p>The threads of a {@link java.util.concurrent.ThreadPoolExecutor} with a {@link java.util.concurrent.SynchronousQueue} spin before they
 * park, and a thread that has spun is scheduled later when it wakes up. {@code FlushLatency} measures the difference.
 */
public final class WorkerPool implements Executor {

    private static final BatcherClock CLOCK = BatcherClock.system();

    private final ThreadFactory threads;
    private final long keepAliveNanos;

    /**
     * The worker that became idle last; the others follow by {@link Worker#next}. Guarded by this object's monitor. No method is called and
     * nothing is allocated under it, so no error can interrupt it half-way.
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

        /** The next task. Set under the monitor, when the worker is removed from the idle ones. */
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
                Thread.interrupted(); // an interrupt of the last task must not reach this one
                runGuarded(given);
            }
        }

        /** Reports what a task throws to the uncaught-exception handler; the thread lives on. */
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
                if (nanos <= 0 && retire()) {
                    return null;
                }
                LockSupport.parkNanos(WorkerPool.this, nanos);
                Thread.interrupted(); // otherwise it would not park again
                given = task;
            }
            return given;
        }

        /** Removes this worker from the idle ones. Returns false if it was given a task meanwhile. */
        private boolean retire() {
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
