/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.testing;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time that a test moves by hand. It serves as clock, scheduler and executor of the batchers that it is {@linkplain #applyTo applied} to.
 * Ticks, delays, timeouts and handlers run in order on the thread that moves the time, so a test adds, moves 500 ms, asserts, and never
 * sleeps.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * List<List<String>> batches = new ArrayList<>();
 * Batcher<String> batcher = time.applyTo(Batcher.<String>builder("lines")).handler(batches::add).build();
 *
 * batcher.add("a");
 * time.advance(Duration.ofMillis(499));   // no batch yet
 * time.advance(Duration.ofMillis(1));     // batches is [[a]]
 * }</pre>
 *
 * <p>Thread-safe. The thread that creates it is the driving thread: when that thread waits for a batcher ({@code close}, an {@code add}
 * that blocks), time moves by itself as far as needed. Other threads wait until the driving thread moves the time.
 */
public class VirtualTime implements BatcherClock, BatcherScheduler, Executor {

    private static final BatcherClock REAL = BatcherClock.system();
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    /** A task and its time. The number keeps tasks of the same time in order. */
    private static final class Timer extends FutureTask<Void> {
        private final long at;
        private final long number;

        private Timer(Runnable task, long at, long number) {
            super(task, null);
            this.at = at;
            this.number = number;
        }

        /** A scheduled task must not throw: a test has to see it. */
        private void rethrow() {
            try {
                get();
            } catch (CancellationException cancelled) {
                // it was cancelled while it ran, which is no fault
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a scheduled task threw", e.getCause());
            }
        }
    }

    private volatile Thread driver = Thread.currentThread();

    /** The threads that are running a task. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    private final Object monitor = new Object();
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.<Timer>comparingLong(timer -> timer.at).thenComparingLong(timer -> timer.number));
    private long now;
    private long lastNumber;

    /** Creates a time that starts at 2000-01-01T00:00:00Z, driven by the current thread. */
    public VirtualTime() {}

    /**
     * Sets this as clock, scheduler and executor of a batcher.
     *
     * @return the builder
     */
    public <T> BatcherBuilder<T> applyTo(BatcherBuilder<T> builder) {
        return builder.clock(this).scheduler((BatcherScheduler) this).executor(this);
    }

    /**
     * Moves the time: runs ready tasks, then each task that becomes due, at its time and in order.
     *
     * @param by zero or more
     * @throws IllegalArgumentException if negative
     */
    public void advance(Duration by) {
        Objects.requireNonNull(by, "by");
        if (by.isNegative()) {
            throw new IllegalArgumentException(
                    "by must not be negative, because time only moves forward, but was " + by);
        }
        long target;
        synchronized (monitor) {
            target = now + by.toNanos();
        }
        runReady();
        while (runNextTimer(target)) {
            runReady();
        }
        synchronized (monitor) {
            now = Math.max(now, target);
            monitor.notifyAll();
        }
    }

    /**
     * Makes the calling thread the driving thread. For a thread that waits for batchers after the previous driving thread has ended or
     * while that one waits for it, such as a shutdown hook.
     */
    public void driveFromHere() {
        driver = Thread.currentThread();
    }

    /** Runs the tasks of this executor, including those that they add, without moving the time. */
    public void runReady() {
        Runnable task;
        while ((task = nextReady()) != null) {
            run(task);
        }
    }

    private void run(Runnable task) {
        boolean outermost = running.add(Thread.currentThread());
        try {
            task.run();
        } finally {
            if (outermost) {
                running.remove(Thread.currentThread());
            }
        }
    }

    /** Returns the number of pending timers. */
    public int pendingTimers() {
        synchronized (monitor) {
            timers.removeIf(Future::isDone);
            return timers.size();
        }
    }

    @Override
    public long nanoTime() {
        synchronized (monitor) {
            return now;
        }
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanoTime());
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
        synchronized (monitor) {
            Timer timer = new Timer(task, now + Math.max(0, delay.toNanos()), ++lastNumber);
            timers.add(timer);
            monitor.notifyAll();
            return timer;
        }
    }

    @Override
    public void execute(Runnable task) {
        synchronized (monitor) {
            ready.add(Objects.requireNonNull(task, "task"));
            monitor.notifyAll();
        }
    }

    @Override
    public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long deadline = nanoTime() + nanos;
        return Thread.currentThread() == driver ? drive(latch, deadline) : awaitDriver(latch, deadline);
    }

    private boolean drive(CountDownLatch latch, long deadline) throws InterruptedException {
        long realDeadline = REAL.nanoTime() + deadline - nanoTime();
        boolean more = true;
        while (more) {
            runReady();
            more = latch.getCount() > 0 && runNextTimer(deadline);
            // A handler on the previous driving thread takes no virtual time. It is awaited in real time, up to the
            // deadline.
            if (!more && isRunningElsewhere() && REAL.nanoTime() - realDeadline < 0) {
                more = !latch.await(1, TimeUnit.MILLISECONDS);
            }
        }
        if (latch.getCount() > 0) {
            synchronized (monitor) {
                now = Math.max(now, deadline);
            }
        }
        return latch.getCount() == 0;
    }

    private boolean isRunningElsewhere() {
        return running.size() > (running.contains(Thread.currentThread()) ? 1 : 0);
    }

    private boolean awaitDriver(CountDownLatch latch, long deadline) throws InterruptedException {
        boolean open = latch.getCount() == 0;
        while (!open && nanoTime() < deadline) {
            open = latch.await(1, TimeUnit.MILLISECONDS); // the driving thread may open it or move the time
        }
        return open || latch.getCount() == 0;
    }

    private @Nullable Runnable nextReady() {
        synchronized (monitor) {
            return ready.poll();
        }
    }

    private boolean runNextTimer(long until) {
        Timer timer;
        synchronized (monitor) {
            timers.removeIf(Future::isDone);
            timer = timers.peek();
            if (timer == null || timer.at > until) {
                return false;
            }
            timers.remove();
            now = Math.max(now, timer.at);
        }
        run(timer);
        timer.rethrow();
        return true;
    }
}
