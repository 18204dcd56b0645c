/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.CloseResult;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestThreads;
import io.batcher.fixtures.UnusableExecutor;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G12, threads: close never runs a handler on the caller's thread; if the executor rejects or does not start the task, a fresh daemon
 * thread runs it; close keeps its timeout and may be called from several threads.
 */
class G12CloseThreadsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** A call of the handler and its thread. */
    private record Call(List<String> items, Thread thread, boolean daemon) {}

    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());

    private BatcherBuilder<String> recording() {
        return Batcher.<String>builder("closing")
                .handler(batch -> calls.add(new Call(
                        List.copyOf(batch),
                        Thread.currentThread(),
                        Thread.currentThread().isDaemon())));
    }

    @ParameterizedTest
    @EnumSource
    void aFreshDaemonThreadReplacesAnUnusableExecutor(UnusableExecutor executor) {
        try (CapturedLog quiet = new CapturedLog()) {
            Batcher<String> batcher =
                    recording().maxBatchSize(2).executor(executor).build();
            batcher.pause();
            batcher.addMany(List.of("a", "b", "c"));
            CloseResult<String> result = batcher.close(LONG);
            assertThat(result).isEqualTo(new CloseResult<>(List.of(), false));
            assertThat(calls).extracting(Call::items).containsExactly(List.of("a", "b"), List.of("c"));
            assertThat(calls).allMatch(Call::daemon).noneMatch(call -> call.thread() == Thread.currentThread());
            assertThat(batcher.stats().handled()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAsynchronousHandlerIsNotCalledOnTheCallersThread(UnusableExecutor executor) {
        try (CapturedLog quiet = new CapturedLog()) {
            List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
            Batcher<String> batcher = Batcher.<String>builder("closing")
                    .executor(executor)
                    .maxBatchSize(1)
                    .asyncHandler(batch -> {
                        threads.add(Thread.currentThread());
                        return TestThreads.run(() -> {});
                    })
                    .build();
            batcher.pause();
            batcher.addMany(List.of("a", "b", "c"));
            assertThat(batcher.close(LONG).undelivered()).isEmpty();
            assertThat(threads).hasSize(3).doesNotContain(Thread.currentThread());
        }
    }

    @Test
    void aTaskThatStartsAfterCloseDoesNothing() {
        List<Runnable> tasks = Collections.synchronizedList(new ArrayList<>());
        Batcher<String> batcher = recording().executor(tasks::add).build();
        batcher.addMany(List.of("a"));
        batcher.flush();
        assertThat(batcher.close(LONG).undelivered()).isEmpty();
        assertThat(calls).hasSize(1);
        tasks.forEach(Runnable::run);
        assertThat(calls).hasSize(1);
    }

    @Test
    void aWorkingExecutorIsUsedForTheDrain() {
        CountDownLatch ran = new CountDownLatch(1);
        Batcher<String> batcher = recording()
                .executor(task -> {
                    ran.countDown(); // before the task runs: close does not wait for execute to return
                    TestThreads.start("users", task);
                })
                .build();
        batcher.add("a");
        assertThat(batcher.close(LONG).undelivered()).isEmpty();
        assertThat(calls).extracting(call -> call.thread().getName()).containsExactly("users");
        assertThat(ran.getCount()).isZero();
    }

    @Test
    void closeKeepsItsTimeoutWhileAHandlerHangs() throws InterruptedException {
        VirtualTime time = new VirtualTime();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("hanging"))
                .executor(task -> TestThreads.start(() -> {
                    task.run();
                    left.countDown();
                }))
                .handler(batch -> {
                    entered.countDown();
                    leave.await();
                })
                .build();
        batcher.add("a");
        batcher.flush();
        await(entered);
        batcher.add("b");
        CloseResult<String> result = batcher.close(Duration.ofSeconds(3));
        assertThat(time.nanoTime()).isEqualTo(3_000_000_000L);
        assertThat(result).isEqualTo(new CloseResult<>(List.of("a", "b"), true));

        leave.countDown();
        await(left);
        assertThat(batcher.stats().handled()).isZero();
        assertThat(batcher.stats().handedBack()).isEqualTo(2);
    }

    @Test
    void aBatchThatWasHandedBackWhileAListenerHungIsNotDelivered() throws InterruptedException {
        VirtualTime time = new VirtualTime();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Batcher<String> batcher = time.applyTo(recording())
                .executor(task -> TestThreads.start(() -> {
                    task.run();
                    left.countDown();
                }))
                .listener(new BatcherListener() {
                    @Override
                    public void onBatchStarted(String name, Batch<?> batch) {
                        entered.countDown();
                        await(leave);
                    }
                })
                .build();
        batcher.add("a");
        batcher.flush();
        await(entered);
        assertThat(batcher.close(Duration.ofSeconds(3))).isEqualTo(new CloseResult<>(List.of("a"), true));
        leave.countDown();
        await(left);
        assertThat(calls).isEmpty();
    }

    @Test
    void onlyOneOfSeveralClosingThreadsGetsTheItems() throws Exception {
        VirtualTime time = new VirtualTime();
        WatchedClock clock = new WatchedClock(time);
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("closing"))
                .clock(clock)
                .asyncHandler(batch -> new CompletableFuture<Void>())
                .build();
        batcher.add("a");
        batcher.flush();
        time.runReady();
        batcher.add("b");

        CompletableFuture<CloseResult<String>> first = new CompletableFuture<>();
        clock.startWaiting(() -> first.complete(batcher.close(Duration.ofSeconds(10))));
        assertThat(batcher.stats().state()).isEqualTo(BatcherState.DRAINING);
        CloseResult<String> second = batcher.close(Duration.ofSeconds(3));
        assertThat(time.nanoTime()).isEqualTo(3_000_000_000L);
        assertThat(second).isEqualTo(new CloseResult<>(List.of(), true));

        time.advance(Duration.ofSeconds(8));
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(new CloseResult<>(List.of("a", "b"), true));
    }

    @Test
    void anAddThatRacesWithCloseIsDeliveredHandedBackOrRejected() throws Exception {
        for (int round = 0; round < 200; round++) {
            calls.clear();
            Batcher<String> batcher = recording().maxBatchSize(3).build();
            List<String> accepted = Collections.synchronizedList(new ArrayList<>());
            List<String> thrown = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Void>> producers = new ArrayList<>();
            for (int p = 0; p < 2; p++) {
                int producer = p;
                producers.add(TestThreads.run(() -> {
                    await(go);
                    for (int i = 0; i < 20; i++) {
                        String item = producer + "/" + i;
                        try {
                            batcher.add(item);
                            accepted.add(item);
                        } catch (BatcherClosedException closed) {
                            thrown.add(item);
                        }
                    }
                }));
            }
            go.countDown();
            CloseResult<String> result = batcher.close(LONG);
            CompletableFuture.allOf(producers.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
            List<String> fates = new ArrayList<>(result.undelivered());
            calls.forEach(call -> fates.addAll(call.items()));
            assertThat(fates).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accepted);
            assertThat(accepted.size() + thrown.size()).isEqualTo(40);
        }
    }
}
