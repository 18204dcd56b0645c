/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static io.batcher.fixtures.TestThreads.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.AsyncBatchConsumer;
import io.batcher.BatchConsumer;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestThreads;
import io.batcher.fixtures.WatchedClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G12: an error of the engine while it settles a call that close has continued without. In real time, because threads block. */
class G12EngineErrorTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final List<String> dead = new CopyOnWriteArrayList<>();
    private final AtomicReference<Batcher<String>> batcher = new AtomicReference<>();
    private final CompletableFuture<CloseResult<String>> closed = new CompletableFuture<>();

    /** How many reads of the clock by this thread are left until one throws an error. */
    private final ThreadLocal<Integer> readsLeft = ThreadLocal.withInitial(() -> 0);

    private BatcherBuilder<String> builder() {
        return Batcher.<String>builder("failing")
                .clock(new WatchedClock(BatcherClock.system()) {
                    @Override
                    public long nanoTime() {
                        int left = readsLeft.get();
                        readsLeft.set(Math.max(0, left - 1));
                        if (left == 1) {
                            throw new OutOfMemoryError("in the engine");
                        }
                        return super.nanoTime();
                    }
                })
                .maxBatchSize(1)
                .autoFlush(false)
                .onDeadLetter(letter -> dead.addAll(letter.items()));
    }

    private Batcher<String> start(BatcherBuilder<String> builder) {
        Batcher<String> built = builder.build();
        batcher.set(built);
        built.pause();
        built.addMany(List.of("a", "b"));
        built.resume();
        return built;
    }

    private Thread close() {
        return TestThreads.start("closer", () -> closed.complete(batcher.get().close(TIMEOUT)));
    }

    private void closeAndJoin() {
        try {
            close().join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void failAtRead(int number) {
        readsLeft.set(number);
    }

    private static void assertSettled(Batcher<String> own) throws InterruptedException {
        awaitTrue(() -> own.stats().depth() == 0);
        BatcherStats stats = own.stats();
        assertThat(stats.handled()).isEqualTo(1);
        assertThat(stats.handedBack()).isEqualTo(1);
        assertThat(stats.inFlight()).isZero();
    }

    /** The call returns while close waits for another one: its outcome is lost, so the item is handed back. */
    @Test
    void theBatchIsHandedBackByCloseIfThatHasNotEnded() throws Exception {
        CountDownLatch delivering = new CountDownLatch(1);
        CountDownLatch overtakenRun = new CountDownLatch(1);
        BatchConsumer<String> handler = batch -> {
            if (batch.contains("a")) {
                close();
                await(delivering);
                failAtRead(1);
            } else {
                delivering.countDown();
                await(overtakenRun);
                handled.addAll(batch);
            }
        };
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> own = start(builder()
                    .handler(handler)
                    .executor(task -> TestThreads.start(() -> {
                        task.run();
                        overtakenRun.countDown(); // the first task to end: the other delivers b
                    })));
            assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(new CloseResult<>(List.of("a"), false));
            assertThat(handled).containsExactly("b");
            assertSettled(own);
            awaitTrue(() -> log.lines().stream().anyMatch(line -> line.contains("internal error in the flush loop")));
        }
    }

    @Test
    void theBatchOfACallThatReturnsAfterCloseIsDeadLettered() throws Exception {
        BatchConsumer<String> handler = batch -> {
            if (batch.contains("a")) {
                closeAndJoin();
                failAtRead(1);
            } else {
                handled.addAll(batch);
            }
        };
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> own = start(builder().handler(handler));
            assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(new CloseResult<>(List.of(), false));
            assertSettled(own);
            awaitTrue(() -> dead.equals(List.of("a")));
        }
    }

    /** The first read tells when the stage has ended; the next are the transitions that find the call and settle it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theBatchOfAStageThatEndsAfterCloseIsDeadLettered(int read) throws Exception {
        AsyncBatchConsumer<String> handler = batch -> {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            if (batch.contains("a")) {
                TestThreads.start(() -> {
                    closed.complete(batcher.get().close(TIMEOUT));
                    failAtRead(read);
                    stage.complete(null);
                });
            } else {
                stage.complete(null);
            }
            return stage;
        };
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> own = start(builder().asyncHandler(handler));
            assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(new CloseResult<>(List.of(), false));
            assertSettled(own);
            awaitTrue(() -> dead.equals(List.of("a")));
            awaitTrue(() -> log.lines().stream().anyMatch(line -> line.contains("internal error in the flush loop")));
        }
    }
}
