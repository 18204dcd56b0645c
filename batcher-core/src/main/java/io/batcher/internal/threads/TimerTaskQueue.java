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
 * Runs what the process-wide timer starts: many short tasks on one worker, instead of a thread woken for each. With ten thousand
 * batchers that tick, waking is most of the cost.
 *
 * <p>A task that takes long does not hold up the others: as long as something waits, the timer looks again each time that it
 * wakes, and where nothing has moved it doubles the workers.
 */
public final class TimerTaskQueue {

    private final Consumer<Runnable> nextTime;
    private final Executor pool;
    private final ConcurrentLinkedQueue<Runnable> due = new ConcurrentLinkedQueue<>();

    /** Workers that were asked for and have not left; and how many tasks they have taken. */
    private final AtomicInteger workers = new AtomicInteger();

    private final AtomicInteger taken = new AtomicInteger();

    // Used by the timer's thread only

    private boolean looking;
    private int takenBefore;

    /**
     * Creates the queue.
     *
     * @param nextTime runs a task on the timer's thread the next time that it wakes, within a millisecond or two
     */
    TimerTaskQueue(Consumer<Runnable> nextTime, Executor pool) {
        this.nextTime = nextTime;
        this.pool = pool;
    }

    /** Adds a task. Called on the timer's thread only. */
    void add(Runnable task) {
        due.add(task);
        try {
            if (workers.get() == 0) {
                hire();
            }
        } finally {
            lookAgain();
        }
    }

    private void lookAgain() {
        if (!looking) {
            takenBefore = taken.get();
            nextTime.accept(this::look);
            looking = true;
        }
    }

    private void look() {
        looking = false;
        if (!due.isEmpty()) {
            try {
                if (taken.get() == takenBefore) {
                    hire(Math.min(due.size(), Math.max(1, workers.get())));
                }
            } finally {
                lookAgain(); // also if no thread can be made now
            }
        }
    }

    private void hire(int more) {
        for (int i = 0; i < more; i++) {
            hire();
        }
    }

    private void hire() {
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
            // A task that was added between the last poll and the decrement has seen a worker and hired none.
            more = !due.isEmpty() && workers.compareAndSet(0, 1);
        }
    }
}
