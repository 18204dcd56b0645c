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
 * Time that stands still until a test moves it. It is clock, scheduler and executor of the batchers it is
 * {@linkplain #applyTo applied} to: ticks, delays, timeouts and handlers run on the thread that moves the time, in order, so that a
 * test reads "add, move 500 ms, assert" and never sleeps.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * List<List<String>> batches = new ArrayList<>();
 * Batcher<String> batcher = time.applyTo(Batcher.<String>builder("lines")).handler(batches::add).build();
 *
 * batcher.add("a");
 * time.advance(Duration.ofMillis(499));   // nothing yet
 * time.advance(Duration.ofMillis(1));     // batches is [[a]]
 * }</pre>
 *
 * <p>Thread-safe. The thread that creates it drives it: where that thread waits for a batcher ({@code close}, an {@code add} that
 * blocks), time moves by itself as far as needed. Other threads that wait do so until the driving thread moves the time.
 */
public class VirtualTime implements BatcherClock, BatcherScheduler, Executor {

    private static final BatcherClock REAL = BatcherClock.system();
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    /** A task and its time; the number keeps those of one time in order. */
    private static final class Timer extends FutureTask<Void> {
        private final long at;
        private final long number;

        private Timer(Runnable task, long at, long number) {
            super(task, null);
            this.at = at;
            this.number = number;
        }

        /** A task that throws is a fault of who scheduled it; a test must see it. */
        private void rethrow() {
            try {
                get();
            } catch (CancellationException cancelled) {
                // it was withdrawn while it ran: nothing is wrong
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a scheduled task threw", e.getCause());
            }
        }
    }

    private volatile Thread driver = Thread.currentThread();

    /** The threads that run a task now. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    private final Object monitor = new Object();
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.<Timer>comparingLong(timer -> timer.at).thenComparingLong(timer -> timer.number));
    private long now;
    private long lastNumber;

    /** Creates a time that stands at 2000-01-01T00:00:00Z, driven by the current thread. */
    public VirtualTime() {}

    /**
     * Makes this the clock, scheduler and executor of a batcher.
     *
     * @return the same builder
     */
    public <T> BatcherBuilder<T> applyTo(BatcherBuilder<T> builder) {
        return builder.clock(this).scheduler((BatcherScheduler) this).executor(this);
    }

    /**
     * Moves the time: runs what is ready, then every task that becomes due on the way, each at its time and in order.
     *
     * @param by zero or more
     * @throws IllegalArgumentException if negative
     */
    public void advance(Duration by) {
        Objects.requireNonNull(by, "by");
        if (by.isNegative()) {
            throw new IllegalArgumentException("time only moves forward, but was to move by " + by);
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
     * Makes the calling thread the one that drives: where it waits for batchers, and the thread before it moves the time no more,
     * because it has ended or waits for this one. A shutdown hook is such a thread.
     */
    public void driveFromHere() {
        driver = Thread.currentThread();
    }

    /** Runs what was handed to this executor, and what that hands over, without moving the time. */
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

    /** Returns how many timers are set. */
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
        return Thread.currentThread() == driver ? drive(latch, deadline) : linger(latch, deadline);
    }

    private boolean drive(CountDownLatch latch, long deadline) throws InterruptedException {
        long patience = REAL.nanoTime() + deadline - nanoTime();
        boolean goesOn = true;
        while (goesOn) {
            runReady();
            goesOn = latch.getCount() > 0 && runNextTimer(deadline);
            // A handler on the thread that drove before takes no time, only patience: as much as the deadline is away.
            if (!goesOn && isRunningElsewhere() && REAL.nanoTime() - patience < 0) {
                goesOn = !latch.await(1, TimeUnit.MILLISECONDS);
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

    private boolean linger(CountDownLatch latch, long deadline) throws InterruptedException {
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
