/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batcher;
import io.batcher.Pace;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits calls of one handler to 10 a second, in several ways, and counts those that really start. There is always something to deliver,
 * except during a pause that ends shortly before a full second, where the windows of a fixed-window limiter meet. A batcher has its pace;
 * the limiters are called by {@value #CALLERS} threads, as is usual. Prints a Markdown table.
 */
public final class PaceComparison {

    private static final int CALLS = 10;
    private static final Duration PER = Duration.ofSeconds(1);
    private static final Duration SPACING = PER.dividedBy(CALLS);
    private static final int CALLERS = 8;
    private static final long LOAD_MILLIS = 3_000;
    private static final long PAUSE_MILLIS = 1_800;
    private static final long SAMPLE_MILLIS = 10;

    private PaceComparison() {}

    public static void main(String[] args) throws Exception {
        System.out.println(
                "| 10 calls per second | calls in the worst second | calls in 6 s of load | threads waiting |");
        System.out.println("|---|---:|---:|---:|");
        row("Batcher `pace(10, 1 s)`", new Paced(Pace.of(CALLS, PER)));
        row(
                "Batcher `pace(10, 1 s)` with burst 10",
                new Paced(Pace.of(CALLS, PER).burst(CALLS)));
        row("Resilience4j `RateLimiter`, 10 per 1 s", new Limited(resilience4j(CALLS, PER)));
        row("Resilience4j `RateLimiter`, 1 per 100 ms", new Limited(resilience4j(1, SPACING)));
        row("Bucket4j, capacity 10, greedy refill of 10 per 1 s", new Limited(bucket4j(CALLS, CALLS, PER)));
        row("Bucket4j, capacity 1, greedy refill of 10 per 1 s", new Limited(bucket4j(1, CALLS, PER)));
    }

    private static void row(String label, Contender contender) throws Exception {
        try (contender) {
            List<Integer> waiting = new ArrayList<>();
            contender.start();
            sample(contender, waiting);
            contender.stop();
            Thread.sleep(PAUSE_MILLIS);
            contender.start();
            sample(contender, waiting);
            contender.stop();
            List<Long> starts = contender.handler.starts();
            System.out.printf("| %s | %d | %d | %d |%n", label, mostInWindow(starts), starts.size(), median(waiting));
        }
    }

    private static void sample(Contender contender, List<Integer> waiting) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(LOAD_MILLIS)) {
            Thread.sleep(SAMPLE_MILLIS);
            waiting.add(contender.waitingThreads());
        }
    }

    /** Returns the largest number of calls in a window that begins with any of them. */
    private static int mostInWindow(List<Long> starts) {
        int most = 0;
        int next = 0;
        for (int first = 0; first < starts.size(); first++) {
            while (next < starts.size() && starts.get(next) - starts.get(first) < PER.toNanos()) {
                next++;
            }
            most = Math.max(most, next - first);
        }
        return most;
    }

    private static int median(List<Integer> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }

    private static Runnable resilience4j(int calls, Duration per) {
        RateLimiter limiter = RateLimiter.of(
                "api",
                RateLimiterConfig.custom()
                        .limitForPeriod(calls)
                        .limitRefreshPeriod(per)
                        .timeoutDuration(Duration.ofMinutes(1))
                        .build());
        return () -> RateLimiter.waitForPermission(limiter);
    }

    private static Runnable bucket4j(int capacity, int calls, Duration per) {
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(calls, per))
                .build();
        return () -> bucket.asBlocking().consumeUninterruptibly(1);
    }

    /** Takes 5 ms, and records when it was called. */
    private static final class SlowHandler {

        private final Queue<Long> starts = new ConcurrentLinkedQueue<>();
        private final AtomicInteger running = new AtomicInteger();

        void call() {
            running.incrementAndGet();
            starts.add(System.nanoTime());
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                running.decrementAndGet();
            }
        }

        List<Long> starts() {
            return starts.stream().sorted().toList();
        }
    }

    /** Calls the handler between start and stop, as often as its limit allows. */
    private abstract static class Contender implements AutoCloseable {

        final SlowHandler handler = new SlowHandler();
        final ThreadPoolExecutor threads =
                new ThreadPoolExecutor(CALLERS, CALLERS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());

        abstract void start();

        abstract void stop();

        /** Returns the number of threads that are in use and not with the handler. */
        int waitingThreads() {
            return Math.max(0, threads.getActiveCount() - handler.running.get());
        }

        /** Lets the calls that wait for their permission end. */
        @Override
        public void close() {
            threads.shutdown();
        }
    }

    private static final class Paced extends Contender {

        private static final int BACKLOG = 1_000;

        private final Batcher<Item> batcher;

        Paced(Pace pace) {
            batcher = Batcher.<Item>builder("paced")
                    .handler(batch -> handler.call())
                    .maxBatchSize(1)
                    .capacity(BACKLOG)
                    .pace(pace)
                    .executor(threads)
                    .build();
            batcher.pause();
            for (int i = 0; i < BACKLOG; i++) {
                batcher.add(Item.of(i));
            }
        }

        @Override
        void start() {
            batcher.resume();
        }

        @Override
        void stop() {
            batcher.pause();
        }

        @Override
        public void close() {
            batcher.close(Duration.ZERO);
            super.close();
        }
    }

    private static final class Limited extends Contender {

        private final Runnable waitForPermission;
        private volatile boolean loaded;

        Limited(Runnable waitForPermission) {
            this.waitForPermission = waitForPermission;
        }

        @Override
        void start() {
            loaded = true;
            for (int i = 0; i < CALLERS; i++) {
                threads.execute(this::callRepeatedly);
            }
        }

        @Override
        void stop() {
            loaded = false;
        }

        private void callRepeatedly() {
            while (loaded) {
                waitForPermission.run();
                if (loaded) {
                    handler.call();
                }
            }
        }
    }
}
