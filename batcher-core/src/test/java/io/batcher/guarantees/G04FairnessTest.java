/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.fixtures.CapturedLog;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G4: a batcher that always has work yields the user's executor to other tasks from time to time. */
class G04FairnessTest {

    /** Adds an item for each item that it handles, so it always has work until the test ends. */
    private static Batcher<String> busy(BatcherBuilder<String> builder, boolean async, AtomicBoolean ends) {
        List<Batcher<String>> self = new ArrayList<>();
        BatchConsumer<String> handler = batch -> {
            if (!ends.get()) {
                self.get(0).add("again");
            }
        };
        builder.eager(true);
        Batcher<String> batcher = async
                ? builder.asyncHandler(batch -> {
                            handler.accept(batch);
                            return CompletableFuture.completedFuture(null);
                        })
                        .build()
                : builder.handler(handler).build();
        self.add(batcher);
        return batcher;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatcherWithOneItemIsServedBesideFourBusyOnes(boolean async) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        AtomicBoolean ends = new AtomicBoolean();
        CountDownLatch handled = new CountDownLatch(1);
        List<Batcher<String>> batchers = new ArrayList<>();
        try (Batcher<String> fifth = Batcher.<String>builder("fifth")
                .eager(true)
                .executor(pool)
                .handler(batch -> handled.countDown())
                .build()) {
            for (int i = 0; i < 4; i++) {
                Batcher<String> batcher = busy(Batcher.<String>builder("busy").executor(pool), async, ends);
                batchers.add(batcher);
                batcher.add("first");
            }
            fifth.add("a");
            await(handled);
        } finally {
            ends.set(true);
            batchers.forEach(Batcher::close);
            pool.shutdown();
        }
    }

    /** An executor with one thread, whose {@code execute} blocks until that thread is free: its own task must not call it. */
    private static Executor blocking(Executor pool) {
        Semaphore free = new Semaphore(1);
        return task -> {
            free.acquireUninterruptibly();
            pool.execute(() -> {
                try {
                    task.run();
                } finally {
                    free.release();
                }
            });
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExecutorThatBlocksUntilAThreadIsFreeServesEveryBatcher(boolean async) throws InterruptedException {
        ExecutorService pool = Executors.newCachedThreadPool();
        Executor blocking = blocking(pool);
        AtomicBoolean ends = new AtomicBoolean();
        CountDownLatch handled = new CountDownLatch(1);
        Batcher<String> batcher = busy(Batcher.<String>builder("busy").executor(blocking), async, ends);
        try (Batcher<String> other = Batcher.<String>builder("other")
                .interval(Duration.ofMillis(20))
                .executor(blocking)
                .handler(batch -> handled.countDown())
                .build()) {
            batcher.add("first");
            other.add("a");
            await(handled);
            CompletableFuture<Void> flushed = batcher.flush();
            assertThat(flushed).as("the busy one").succeedsWithin(Duration.ofSeconds(10));
        } finally {
            ends.set(true);
            batcher.close();
            pool.shutdown();
        }
    }

    /** If the stage ends just when the loop detaches from it, the loop starts its successor itself, before its thread is free. */
    @Test
    void aBlockingExecutorIsNotCalledOnTheThreadThatDetachesFromAStage() {
        ExecutorService pool = Executors.newCachedThreadPool();
        AtomicReference<CompletableFuture<Void>> pending = new AtomicReference<>();
        AtomicBoolean ends = new AtomicBoolean();
        pool.execute(() -> {
            while (!ends.get()) {
                CompletableFuture<Void> stage = pending.getAndSet(null);
                if (stage != null) {
                    stage.complete(null);
                }
            }
        });
        try (Batcher<Integer> batcher = Batcher.<Integer>builder("leaving")
                .maxBatchSize(1)
                .shutdownTimeout(Duration.ofSeconds(1))
                .executor(blocking(pool))
                .asyncHandler(batch -> {
                    CompletableFuture<Void> stage = new CompletableFuture<>();
                    pending.set(stage);
                    return stage;
                })
                .build()) {
            batcher.addMany(Collections.nCopies(50_000, 1));
            assertThat(batcher.flush()).succeedsWithin(Duration.ofSeconds(60));
        } finally {
            ends.set(true);
            pool.shutdown();
        }
    }

    /** Time stands still, so the number of steps decides; the other task runs although the batcher always has work. */
    @Test
    void inVirtualTimeTheLoopYieldsAfterANumberOfSteps() {
        VirtualTime time = new VirtualTime();
        AtomicBoolean ends = new AtomicBoolean();
        Batcher<String> batcher = busy(time.applyTo(Batcher.<String>builder("busy")), false, ends);
        batcher.add("first");
        time.execute(() -> ends.set(true));
        time.runReady();
        assertThat(batcher.stats().depth()).isZero();
        assertThat(batcher.stats().handled()).isLessThan(10_000);
        batcher.close();
    }

    @Test
    void anExecutorThatRunsOnTheCallerIsNotCalledRecursively() {
        int[] depth = new int[2];
        Executor caller = task -> {
            depth[1] = Math.max(depth[1], ++depth[0]);
            task.run();
            depth[0]--;
        };
        int[] batches = new int[1];
        List<Batcher<String>> self = new ArrayList<>();
        try (Batcher<String> batcher = Batcher.<String>builder("caller")
                .maxBatchSize(1)
                .executor(caller)
                .handler(batch -> {
                    if (++batches[0] < 20_000) {
                        self.get(0).add("again");
                    }
                })
                .build()) {
            self.add(batcher);
            batcher.add("first");
            assertThat(batches[0]).isEqualTo(20_000);
            assertThat(depth[1]).isEqualTo(1);
        }
    }

    /** The loop continues on its thread: a full queue of the executor does not stop it. */
    @Test
    void anExecutorThatRejectsTheYieldDoesNotStopDelivery() {
        VirtualTime time = new VirtualTime();
        int[] tasks = new int[1];
        int[] batches = new int[1];
        List<Batcher<String>> self = new ArrayList<>();
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = time.applyTo(Batcher.<String>builder("full"))
                        .maxBatchSize(1)
                        .executor(task -> {
                            if (++tasks[0] > 1) {
                                throw new RejectedExecutionException("full");
                            }
                            time.execute(task);
                        })
                        .handler(batch -> {
                            if (++batches[0] < 5_000) {
                                self.get(0).add("again");
                            }
                        })
                        .build()) {
            self.add(batcher);
            batcher.add("first");
            time.advance(Duration.ZERO);
            assertThat(batches[0]).isEqualTo(5_000);
            assertThat(log.lines()).isEmpty();
        }
    }
}
