/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors and schedulers of the user's that fail: the batcher lives on and nothing is lost. */
class FailingThreadsTest {

    /** A rig whose executor refuses as long as it is told to. */
    private static Rig refusing(HandlerKind kind, boolean[] refuses, Function<String, Throwable> refusal) {
        return new Rig(kind, builder -> {
            BatcherConfig<String> config = builder.config();
            return builder.executor(task -> {
                if (refuses[0]) {
                    FailingThreadsTest.<RuntimeException>rethrow(refusal.apply("refused"));
                }
                config.executor().execute(task);
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatARefusingExecutorDidNotTakeIsTriedAgainAfterTheInterval(HandlerKind kind) {
        boolean[] refuses = {true};
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = refusing(kind, refuses, RejectedExecutionException::new)) {
            rig.add("a").advanceMillis(2_000).add("b").advanceMillis(100);
            assertThat(rig.calls).isEmpty();
            assertThat(rig.stats().depth()).isEqualTo(2);
            refuses[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(rig.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExecutorThatThrowsAnErrorIsOneThatRefuses(HandlerKind kind) {
        boolean[] refuses = {true};
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = refusing(kind, refuses, OutOfMemoryError::new)) {
            rig.add("a").advanceMillis(2_000);
            refuses[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aRefusalDoesNotHoldUpAFlushForALongInterval() {
        boolean[] refuses = {true};
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, builder -> {
                    BatcherConfig<String> config = builder.config();
                    return builder.interval(Duration.ofDays(1)).executor(task -> {
                        if (refuses[0]) {
                            throw new RejectedExecutionException("refused");
                        }
                        config.executor().execute(task);
                    });
                })) {
            CompletableFuture<Void> flushed = rig.add("a").batcher.flush();
            refuses[0] = false;
            assertThat(rig.advanceMillis(999).handled).isEmpty();
            rig.advanceMillis(1);
            assertThat(flushed).isCompleted();
        }
    }

    @Test
    void aRefusalDoesNotReachTheCallerThatMadeTheBatchFull() {
        boolean[] refuses = {true};
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = refusing(HandlerKind.SYNC, refuses, RejectedExecutionException::new)) {
            for (int i = 0; i < 1_500; i++) {
                rig.add("x");
            }
            CompletableFuture<Void> flushed = rig.batcher.flush();
            assertThat(flushed).isNotDone();
            refuses[0] = false;
            rig.advanceMillis(500);
            assertThat(flushed).isCompleted();
            assertThat(rig.stats().handled()).isEqualTo(1_500);
        }
    }

    @Test
    void aStageThatEndsWhileTheExecutorRefusesIsNotLost() {
        boolean[] refuses = {false};
        try (CapturedLog quiet = new CapturedLog();
                Rig rig = Rig.byHand(builder -> {
                    BatcherConfig<String> config = builder.config();
                    return builder.executor(task -> {
                        if (refuses[0]) {
                            throw new RejectedExecutionException("refused");
                        }
                        config.executor().execute(task);
                    });
                })) {
            rig.add("a").advanceMillis(500);
            refuses[0] = true;
            rig.succeed();
            assertThat(rig.stats().depth()).isEqualTo(1);
            refuses[0] = false;
            rig.advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(1);
            assertThat(rig.calls).hasSize(1);
        }
    }

    @Test
    void anExecutorThatRunsOnTheCallerDeliversOnTheCallersThreadAndInOrder() {
        try (Rig rig = new Rig(
                HandlerKind.SYNC, builder -> builder.executor(Runnable::run).maxBatchSize(2))) {
            rig.script.add(batch -> rig.add("c", "d", "e"));
            rig.add("a", "b");
            assertThat(rig.batches().toString()).isEqualTo("[[a, b], [c, d]]");
            rig.batcher.flush();
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @Test
    void anExecutorThatRunsATaskTwiceDeliversOnce() {
        try (Rig rig = new Rig(HandlerKind.SYNC, builder -> {
            BatcherConfig<String> config = builder.config();
            return builder.executor(task -> {
                config.executor().execute(task);
                config.executor().execute(task);
            });
        })) {
            rig.add("a").advanceMillis(500).add("b").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    /** The thread that delivers is real, time is virtual. */
    @Test
    void anExecutorThatThrowsAfterItHasBegunTheTaskDeliversOnce() throws InterruptedException {
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

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ways in which a scheduler may be dead. */
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
    void addFlushAndCloseWorkWithADeadScheduler(DeadScheduler scheduler) {
        try (CapturedLog quiet = new CapturedLog()) {
            int[] tasks = new int[1];
            Rig rig = new Rig(HandlerKind.SYNC, builder -> {
                BatcherConfig<String> config = builder.config();
                return builder.scheduler(scheduler)
                        .handlerTimeout(Duration.ofSeconds(50))
                        .maxBatchSize(3)
                        .executor(task -> {
                            if (++tasks[0] < 100) { // an engine that spins makes the test fail, not hang
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

    /** Real time: an interval of a millisecond, and a bounded wait. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSchedulerThatWasShutDownIsReplacedByTheProcessWideOne(boolean shutDown) throws InterruptedException {
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
            assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines())
                    .contains(
                            "WARNING Batcher \"orphan\" the scheduler rejected a timer; the process-wide timer is used instead");
        } finally {
            users.shutdownNow();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable t) throws E {
        throw (E) t;
    }
}
