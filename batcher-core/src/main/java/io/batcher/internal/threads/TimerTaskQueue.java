/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs the tasks of the process-wide timer: many short tasks on one worker, instead of waking a thread for each. With 10,000 ticking
 * batchers, waking threads is most of the cost.
 *
 * <p>A long task does not delay the others: while tasks wait, the timer checks for progress each time that it wakes up, and doubles the
 * workers if there was none.
 */
public final class TimerTaskQueue {

    private final Consumer<Runnable> nextTime;
    private final Executor pool;
    private final ConcurrentLinkedQueue<Runnable> due = new ConcurrentLinkedQueue<>();

    /** Workers that were started and have not ended, and the number of tasks that they have taken. */
    private final AtomicInteger workers = new AtomicInteger();

    private final AtomicInteger taken = new AtomicInteger();

    // Used by the timer thread only

    private boolean checking;
    private int takenBefore;

    /**
     * Creates the queue.
     *
     * @param nextTime runs a task on the timer thread when it wakes up next, within 1 to 2 ms
     */
    TimerTaskQueue(Consumer<Runnable> nextTime, Executor pool) {
        this.nextTime = nextTime;
        this.pool = pool;
    }

    /** Adds a task. Called on the timer thread only. */
    void add(Runnable task) {
        due.add(task);
        try {
            if (workers.get() == 0) {
                startWorker();
            }
        } finally {
            checkLater();
        }
    }

    private void checkLater() {
        if (!checking) {
            takenBefore = taken.get();
            nextTime.accept(this::check);
            checking = true;
        }
    }

    private void check() {
        checking = false;
        if (!due.isEmpty()) {
            try {
                if (taken.get() == takenBefore) {
                    startWorkers(Math.min(due.size(), Math.max(1, workers.get())));
                }
            } finally {
                checkLater(); // also if no thread can be created now
            }
        }
    }

    private void startWorkers(int more) {
        for (int i = 0; i < more; i++) {
            startWorker();
        }
    }

    private void startWorker() {
        workers.incrementAndGet();
        try {
            pool.execute(this::work);
        } catch (Throwable t) {
            workers.decrementAndGet();
            throw t;
        }
    }

    private void work() {
        boolean more = true;
        while (more) {
            try {
                for (Runnable task = due.poll(); task != null; task = due.poll()) {
                    taken.incrementAndGet();
                    task.run();
                }
            } finally {
                workers.decrementAndGet();
            }
            // A task that was added between the last poll and the decrement has seen a worker and started none.
            more = !due.isEmpty() && workers.compareAndSet(0, 1);
        }
    }
}
