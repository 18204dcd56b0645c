/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.fixtures.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Adds race with close on many batchers and threads: each item is delivered, handed back or rejected, and no close hangs. */
class CloseRaceTest {

    private static final boolean SOAK = Boolean.getBoolean("batcher.soak");
    private static final int BATCHERS = SOAK ? 1_000_000 : 20_000;
    private static final int THREADS = 100;
    private static final int ADDS = 20;

    @Test
    void noCloseHangsAndNoItemIsLost() throws Exception {
        QuietLog.install();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        AtomicInteger next = new AtomicInteger();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS / 2; i++) {
                all.add(threads.submit(() -> {
                    while (next.getAndIncrement() < BATCHERS) {
                        race(threads);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(SOAK ? 1_800 : 120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Closes one batcher while a second thread adds. */
    private static void race(ExecutorService threads) throws Exception {
        Set<Integer> delivered = ConcurrentHashMap.newKeySet();
        Batcher<Integer> batcher = Batcher.<Integer>builder("race")
                .maxBatchSize(4)
                .eager(true)
                .handler(delivered::addAll)
                .build();
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger accepted = new AtomicInteger();
        Future<?> adds = threads.submit(() -> add(batcher, begun, accepted));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        List<Integer> handedBack = batcher.close(Duration.ofSeconds(30)).undelivered();
        adds.get(60, TimeUnit.SECONDS);
        BatcherStats stats = batcher.stats();
        assertThat(handedBack).isEmpty();
        assertThat(delivered).hasSize(accepted.get());
        assertThat(stats.accepted()).isEqualTo(accepted.get());
        assertThat(stats.handled()).isEqualTo(accepted.get());
        assertThat(stats.depth()).isZero();
    }

    /** An add during a close that waits for a handler is rejected although the buffer has a free slot. */
    @Test
    void anAddDuringCloseIsRejected() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        List<Integer> delivered = new CopyOnWriteArrayList<>();
        Batcher<Integer> batcher = Batcher.<Integer>builder("race")
                .eager(true)
                .handler(batch -> {
                    delivered.addAll(batch);
                    begun.countDown();
                    assertThat(mayReturn.await(60, TimeUnit.SECONDS)).isTrue();
                })
                .build();
        batcher.add(1);
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        batcher.add(2);
        CompletableFuture<CloseResult<Integer>> closing =
                CompletableFuture.supplyAsync(() -> batcher.close(Duration.ofSeconds(60)), TestThreads::start);
        TestThreads.awaitTrue(() -> batcher.stats().state() != BatcherState.RUNNING);
        assertThatThrownBy(() -> batcher.add(3)).isInstanceOf(BatcherClosedException.class);
        mayReturn.countDown();
        assertThat(closing.get(60, TimeUnit.SECONDS).undelivered()).isEmpty();
        assertThat(delivered).containsExactly(1, 2);
    }

    private static void add(Batcher<Integer> batcher, CountDownLatch begun, AtomicInteger accepted) {
        try {
            for (int i = 0; i < ADDS; i++) {
                batcher.add(i);
                accepted.incrementAndGet();
                begun.countDown();
            }
        } catch (BatcherClosedException e) {
            // later adds are rejected
        }
    }
}
