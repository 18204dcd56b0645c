/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static io.batcher.fixtures.Sneaky.sneakyThrow;
import static io.batcher.fixtures.TestExecutors.wrapping;
import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's executor or scheduler that fails stops no batcher and loses no item. */
class FailingThreadsTest {

    /** Sets an executor that throws while {@code rejects[0]} is true. */
    private static UnaryOperator<BatcherBuilder<String>> rejecting(
            boolean[] rejects, Function<String, Throwable> rejection) {
        return wrapping((executor, task) -> {
            if (rejects[0]) {
                sneakyThrow(rejection.apply("rejected"));
            }
            executor.execute(task);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatTheExecutorRejectsIsRetriedAfterTheInterval(CallStyle style) {
        boolean[] rejects = {true};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style, rejecting(rejects, RejectedExecutionException::new))) {
            rig.add("a").advanceMillis(2_000).add("b").advanceMillis(100);
            assertThat(rig.calls).isEmpty();
            assertThat(rig.stats().depth()).isEqualTo(2);
            rejects[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(rig.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorThrownByTheExecutorIsARejection(CallStyle style) {
        boolean[] rejects = {true};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style, rejecting(rejects, OutOfMemoryError::new))) {
            rig.add("a").advanceMillis(2_000);
            rejects[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aRejectedFlushIsRetriedAfterASecondAtMost() {
        boolean[] rejects = {true};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC,
                        builder -> rejecting(rejects, RejectedExecutionException::new)
                                .apply(builder.interval(Duration.ofDays(1))))) {
            CompletableFuture<Void> flushed = rig.add("a").batcher.flush();
            rejects[0] = false;
            assertThat(rig.advanceMillis(999).handled).isEmpty();
            rig.advanceMillis(1);
            assertThat(flushed).isCompleted();
        }
    }

    @Test
    void aRejectionDoesNotReachTheCallerWhoseItemFilledTheBatch() {
        boolean[] rejects = {true};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig =
                        new BatcherFixture(CallStyle.SYNC, rejecting(rejects, RejectedExecutionException::new))) {
            for (int i = 0; i < 1_500; i++) {
                rig.add("x");
            }
            CompletableFuture<Void> flushed = rig.batcher.flush();
            assertThat(flushed).isNotDone();
            rejects[0] = false;
            rig.advanceMillis(500);
            assertThat(flushed).isCompleted();
            assertThat(rig.stats().handled()).isEqualTo(1_500);
        }
    }

    @Test
    void aStageThatEndsWhileTheExecutorRejectsTasksIsNotLost() {
        boolean[] rejects = {false};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = BatcherFixture.byHand(rejecting(rejects, RejectedExecutionException::new))) {
            rig.add("a").advanceMillis(500);
            rejects[0] = true;
            rig.succeed();
            assertThat(rig.stats().depth()).isEqualTo(1);
            rejects[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(1);
            assertThat(rig.calls).hasSize(1);
        }
    }

    @Test
    void anExecutorThatRunsOnTheCallerDeliversInOrder() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.executor(Runnable::run).maxBatchSize(2))) {
            rig.script.add(batch -> rig.add("c", "d", "e"));
            rig.add("a", "b");
            assertThat(rig.batches().toString()).isEqualTo("[[a, b], [c, d]]");
            rig.batcher.flush();
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @Test
    void anExecutorThatRunsATaskTwiceDeliversOnce() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, wrapping((executor, task) -> {
            executor.execute(task);
            executor.execute(task);
        }))) {
            rig.add("a").advanceMillis(500).add("b").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    /** The delivering thread is real, time is virtual. */
    @Test
    void anExecutorThatThrowsAfterItStartedTheTaskDeliversOnce() throws InterruptedException {
        VirtualTime time = new VirtualTime();
        AtomicReference<CountDownLatch> began = new AtomicReference<>();
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (CapturedLog quiet = new CapturedLog();
                Batcher<String> batcher = time.applyTo(Batcher.<String>builder("hasty"))
                        .maxBatchSize(1)
                        .executor(task -> {
                            Thread thread = new Thread(task, "hasty");
                            thread.setDaemon(true);
                            threads.add(thread);
                            CountDownLatch thisTask = new CountDownLatch(1);
                            began.set(thisTask);
                            thread.start();
                            await(thisTask);
                            throw new RejectedExecutionException("but it was taken");
                        })
                        .handler(batch -> {
                            calls.addAll(batch);
                            began.get().countDown();
                            await(mayEnd);
                        })
                        .build()) {
            batcher.add("a");
            time.advance(Duration.ofSeconds(2));
            assertThat(batcher.stats().inFlight()).isEqualTo(1);
            assertThat(threads).hasSize(1);
            mayEnd.countDown();
            threads.get(0).join(10_000);
            assertThat(batcher.stats().handled()).isEqualTo(1);
            batcher.add("b");
            threads.get(1).join(10_000);
        }
        assertThat(calls).containsExactly("a", "b");
    }

    /** Schedulers that set no timer or return no usable handle. */
    enum DeadScheduler implements BatcherScheduler {
        REFUSES {
            @Override
            public Future<?> schedule(Runnable task, Duration delay) {
                throw new RejectedExecutionException("shut down");
            }
        },
        REFUSES_WITH_AN_ERROR {
            @Override
            public Future<?> schedule(Runnable task, Duration delay) {
                throw new LinkageError("no");
            }
        },
        GIVES_NO_HANDLE {
            @Override
            public Future<?> schedule(Runnable task, Duration delay) {
                return null;
            }
        },
        WHOSE_HANDLE_THROWS {
            @Override
            public Future<?> schedule(Runnable task, Duration delay) {
                return new CompletableFuture<Void>() {
                    @Override
                    public boolean cancel(boolean mayInterrupt) {
                        throw new UnsupportedOperationException("cancel");
                    }
                };
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void addFlushAndCloseWorkWithASchedulerThatFails(DeadScheduler scheduler) {
        try (CapturedLog quiet = new CapturedLog()) {
            int[] tasks = new int[1];
            BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
                BatcherConfig<String> config = builder.config();
                return builder.scheduler(scheduler)
                        .handlerTimeout(Duration.ofSeconds(50))
                        .maxBatchSize(3)
                        .executor(task -> {
                            if (++tasks[0] < 100) { // so that an engine that spins fails the test instead of hanging it
                                config.executor().execute(task);
                            }
                        });
            });
            rig.add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.time.runReady();
            assertThat(flushed).isCompleted();
            rig.add("b", "c", "d");
            rig.time.runReady();
            rig.add("e");
            rig.batcher.pause();
            rig.batcher.resume();
            assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).isEmpty();
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
            assertThat(rig.failures).isEmpty();
        }
    }

    /** In real time, with an interval of 1 ms and a bounded wait. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSchedulerThatRejectsTimersIsReplacedByTheProcessWideOne(boolean shutDown) throws InterruptedException {
        ScheduledExecutorService users = shutDown
                ? Executors.newSingleThreadScheduledExecutor()
                : new ScheduledThreadPoolExecutor(1, task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
        if (shutDown) {
            users.shutdownNow();
        }
        CountDownLatch handled = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = Batcher.<String>builder("orphan")
                        .interval(Duration.ofMillis(1))
                        .scheduler(users)
                        .handler(batch -> handled.countDown())
                        .build()) {
            batcher.add("a");
            await(handled);
            assertThat(log.lines())
                    .contains(
                            "WARNING Batcher \"orphan\" the scheduler rejected a timer; the process-wide timer is used instead");
        } finally {
            users.shutdownNow();
        }
    }
}
