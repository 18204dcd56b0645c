/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks;

import io.batcher.Batcher;
import io.batcher.Overflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * Runs 10 000 virtual threads that each submit an item and wait for it, some of them for room too. Needs JDK 21 or later. Prints rows of a
 * Markdown table: how many finished, and how often a waiting virtual thread pinned its carrier.
 */
public final class VirtualThreads {

    private static final int THREADS = 10_000;
    private static final int ROUNDS = 10;
    private static final long LIMIT_SECONDS = 60;

    private VirtualThreads() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        submitAll(100_000, new LongAdder()); // classes are initialized here
        long control = pinned(VirtualThreads::pin);
        long pinned = pinned(() -> {
            row("plenty of room", 100_000);
            row("room for 100, BLOCK", 100);
        });
        System.out.println("| virtual threads pinned | " + pinned + " | 0 |");
        System.out.println(
                "| the same for a thread that waits in a static initializer (control) | " + control + " | 1 |");
    }

    /** Counts how often a virtual thread pinned its carrier. */
    private static long pinned(Work work) throws IOException, InterruptedException {
        Path file = Files.createTempFile("batcher", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                    .peek(System.err::println)
                    .count();
        } finally {
            Files.delete(file);
        }
    }

    private static void pin() throws InterruptedException {
        Thread thread = ProducerThreads.VIRTUAL.factory().newThread(SlowToInitialize::touch);
        thread.start();
        thread.join();
    }

    /** Control: a virtual thread that waits inside a static initializer pins its carrier. */
    private static final class SlowToInitialize {
        static {
            LockSupport.parkNanos(1_000_000);
        }

        static void touch() {}
    }

    @FunctionalInterface
    private interface Work {
        void run() throws InterruptedException;
    }

    private static void row(String what, int capacity) throws InterruptedException {
        LongAdder finished = new LongAdder();
        long start = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            submitAll(capacity, finished);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / ROUNDS;
        System.out.printf(
                "| %d threads submit(x).join(), %s: finished, and time of a round | %d of %d, %d ms | all |%n",
                THREADS, what, finished.sum() / ROUNDS, THREADS, millis);
    }

    private static void submitAll(int capacity, LongAdder finished) throws InterruptedException {
        ThreadFactory threads = ProducerThreads.VIRTUAL.factory();
        CountDownLatch all = new CountDownLatch(THREADS);
        try (Batcher<Item> batcher = Batcher.<Item>builder("virtual")
                .handler(batch -> {})
                .interval(Duration.ofMillis(10))
                .capacity(capacity)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofSeconds(LIMIT_SECONDS))
                .build()) {
            for (int i = 0; i < THREADS; i++) {
                Item item = Item.of(i);
                threads.newThread(() -> {
                            batcher.submit(item).join();
                            finished.increment();
                            all.countDown();
                        })
                        .start();
            }
            if (!all.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(all.getCount() + " threads still wait after " + LIMIT_SECONDS + " s");
            }
        }
    }
}
