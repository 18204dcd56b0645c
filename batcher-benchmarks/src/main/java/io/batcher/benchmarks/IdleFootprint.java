/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.batcher.Batcher;
import io.batcher.BatcherScheduler;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures the cost of 10 000 batchers that are idle, and that get one item a second each: heap, threads, timers, processor time. Prints
 * rows of a Markdown table.
 */
public final class IdleFootprint {

    private static final int BATCHERS = 10_000;
    private static final long TICKING_WARM_UP_SECONDS = 5;
    private static final long TICKING_SECONDS = 10;
    private static final long IDLE_SECONDS = 5;
    private static final LongAdder HANDLED = new LongAdder();

    private IdleFootprint() {}

    public static void main(String[] args) throws InterruptedException {
        List<Batcher<Item>> batchers = new ArrayList<>(BATCHERS);
        batchers.add(batcher(null));
        long empty = usedHeap();
        while (batchers.size() < BATCHERS) {
            batchers.add(batcher(null));
        }
        row("heap of a batcher that was never used", bytesEach(empty), "at most 2048 B");
        idle(batchers);
        ticking(batchers);
        timers();
        batchers.forEach(Batcher::close);
    }

    private static void idle(List<Batcher<Item>> batchers) throws InterruptedException {
        batchers.get(0).add(Item.of(0));
        batchers.get(0).flush().join();
        long before = usedHeap();
        int threads = ownThreads();
        batchers.forEach(batcher -> batcher.add(Item.of(1)));
        awaitHandled(BATCHERS + 1);
        row("threads while they deliver at the interval", ownThreads() + "", "");
        // Threads that were used end after a while.
        for (int i = 0; i < 300 && ownThreads() > 0; i++) {
            Thread.sleep(100);
        }
        row("threads of idle batchers (timer thread included: it lives while a timer is set)", ownThreads() + "", "0");
        row("heap of a batcher that has delivered an item, beyond a new one", bytesEach(before), "");
        processNanos(); // the first call parses files of the system with so many patterns that the compiler works for
        // seconds
        Thread.sleep(TimeUnit.SECONDS.toMillis(IDLE_SECONDS)); // the compiler and the collector come to rest
        long cpu = processNanos();
        Thread.sleep(TimeUnit.SECONDS.toMillis(IDLE_SECONDS));
        row("processor time of the whole JVM while idle", percent(percentSince(cpu, IDLE_SECONDS)), "0");
        if (threads > 2) {
            throw new IllegalStateException("more threads than a timer and a worker: " + threads);
        }
    }

    private static void ticking(List<Batcher<Item>> batchers) {
        long handled = HANDLED.sum();
        double all = percentWhileTicking(i -> batchers.get(i).add(Item.of(i)));
        long batches = (HANDLED.sum() - handled) / (TICKING_WARM_UP_SECONDS + TICKING_SECONDS);
        double control = percentWhileTicking(i -> {});
        row(
                "processor time of the whole JVM, each batcher getting an item a second, of one core",
                percent(all),
                "under 10 %");
        row("of that, the program that adds, when it adds to nothing (control)", percent(control), "");
        row("batches of one item in that time, a second", batches + "", "");
    }

    private static double percentWhileTicking(IntConsumer add) {
        tick(add, TICKING_WARM_UP_SECONDS);
        long before = processNanos();
        tick(add, TICKING_SECONDS);
        return percentSince(before, TICKING_SECONDS);
    }

    /** Adds an item a second to each batcher, a few every millisecond. */
    private static void tick(IntConsumer add, long seconds) {
        int perMillisecond = BATCHERS / 1_000;
        long next = System.nanoTime();
        int batcher = 0;
        for (long millisecond = 0; millisecond < seconds * 1_000; millisecond++) {
            for (int i = 0; i < perMillisecond; i++) {
                add.accept(batcher++ % BATCHERS);
            }
            next += 1_000_000;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    /** Returns the timers of batchers that share a user's scheduler. */
    private static void timers() throws InterruptedException {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "timers");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        List<Batcher<Item>> batchers = new ArrayList<>(BATCHERS);
        for (int i = 0; i < BATCHERS; i++) {
            batchers.add(batcher((task, delay) -> executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS)));
        }
        long handled = HANDLED.sum();
        batchers.forEach(batcher -> batcher.add(Item.of(1)));
        awaitHandled(handled + BATCHERS);
        row("timers of idle batchers", executor.getQueue().size() + "", "0");
        batchers.forEach(Batcher::close);
        executor.shutdownNow();
    }

    private static Batcher<Item> batcher(@Nullable BatcherScheduler scheduler) {
        var builder = Batcher.<Item>builder("idle").handler(batch -> HANDLED.add(batch.size()));
        return (scheduler == null ? builder : builder.scheduler(scheduler)).build();
    }

    private static void awaitHandled(long count) throws InterruptedException {
        while (HANDLED.sum() < count) {
            Thread.sleep(10);
        }
        Thread.sleep(100);
    }

    private static String bytesEach(long before) {
        return (usedHeap() - before) / (BATCHERS - 1) + " B";
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static int ownThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("batcher"))
                .count();
    }

    private static long processNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** In percent of one core. */
    private static double percentSince(long processNanos, long seconds) {
        return (processNanos() - processNanos) / 1e7 / seconds;
    }

    private static String percent(double percent) {
        return String.format(Locale.ROOT, "%.1f %%", percent);
    }

    private static void row(String what, String value, String target) {
        System.out.println("| " + what + " | " + value + " | " + target + " |");
    }
}
