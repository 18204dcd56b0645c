/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G6: a timer that the user's scheduler has lost is taken over by the process-wide one, a second after its time. In real time, because
 * the process-wide timer knows no other; each test waits for its event, 10 seconds at most.
 */
class G06LostTimerTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    /** A scheduler whose timers can be lost. */
    private interface Mortal extends BatcherScheduler {
        void die() throws InterruptedException;
    }

    /** Ways in which timers are lost. */
    enum Death {
        SHUT_DOWN {
            @Override
            Mortal scheduler() {
                ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(Death::daemon);
                return new Mortal() {
                    @Override
                    public Future<?> schedule(Runnable task, Duration delay) {
                        return executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    }

                    @Override
                    public void die() {
                        executor.shutdownNow();
                    }
                };
            }
        },
        A_TASK_KILLED_THE_TIMER {
            @Override
            Mortal scheduler() {
                Timer timer = new Timer(true);
                return new Mortal() {
                    @Override
                    public Future<?> schedule(Runnable task, Duration delay) {
                        CompletableFuture<Void> handle = new CompletableFuture<>();
                        timer.schedule(
                                new TimerTask() {
                                    @Override
                                    public void run() {
                                        if (!handle.isCancelled()) {
                                            task.run();
                                        }
                                    }
                                },
                                delay.toMillis());
                        return handle;
                    }

                    @Override
                    public void die() {
                        timer.cancel(); // as the timer does when a task throws
                    }
                };
            }
        },
        BLOCKED {
            @Override
            Mortal scheduler() {
                Mortal executor = SHUT_DOWN.scheduler();
                return new Mortal() {
                    @Override
                    public Future<?> schedule(Runnable task, Duration delay) {
                        return executor.schedule(task, delay);
                    }

                    @Override
                    public void die() throws InterruptedException {
                        CountDownLatch blocks = new CountDownLatch(1);
                        executor.schedule(
                                () -> {
                                    blocks.countDown();
                                    await(new CountDownLatch(1));
                                },
                                Duration.ZERO);
                        await(blocks);
                    }
                };
            }
        },
        FORGETS_WITHOUT_A_WORD {
            @Override
            Mortal scheduler() {
                Mortal executor = SHUT_DOWN.scheduler();
                return new Mortal() {
                    private volatile boolean dead;

                    @Override
                    public Future<?> schedule(Runnable task, Duration delay) {
                        return executor.schedule(
                                () -> {
                                    if (!dead) {
                                        task.run();
                                    }
                                },
                                delay);
                    }

                    @Override
                    public void die() {
                        dead = true;
                    }
                };
            }
        };

        abstract Mortal scheduler();

        private static Thread daemon(Runnable task) {
            Thread thread = new Thread(task, "mortal");
            thread.setDaemon(true);
            return thread;
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostTickIsTakenOver(Death death) throws InterruptedException {
        Mortal scheduler = death.scheduler();
        CountDownLatch handled = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = Batcher.<String>builder("orphan")
                        .interval(SHORT)
                        .scheduler(scheduler)
                        .handler(batch -> {
                            handled.countDown();
                            both.countDown();
                        })
                        .build()) {
            batcher.add("a");
            scheduler.die();
            assertThat(await(handled)).isTrue();
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"orphan\" the scheduler did not run a timer within 1 s of its time;"
                                    + " the process-wide timer is used for 1 min. Check that the scheduler is not shut down and"
                                    + " that its tasks do not block");
            batcher.add("b");
            assertThat(await(both)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostRetryIsTakenOver(Death death) throws InterruptedException {
        Mortal scheduler = death.scheduler();
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch handled = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = Batcher.<String>builder("orphan")
                        .interval(Duration.ofMinutes(1))
                        .maxBatchSize(1)
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofMillis(300))
                                .build())
                        .scheduler(scheduler)
                        .listener(new BatcherListener() {
                            @Override
                            public void onBatchFailed(BatchFailure<?> failure, Duration took) {
                                failed.countDown();
                            }
                        })
                        .handler(batch -> {
                            if (calls.incrementAndGet() == 1) {
                                throw new IllegalStateException("no");
                            }
                            handled.countDown();
                        })
                        .build()) {
            batcher.add("a");
            assertThat(await(failed)).isTrue();
            scheduler.die();
            assertThat(await(handled)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostHandlerTimeoutIsTakenOver(Death death) throws InterruptedException {
        Mortal scheduler = death.scheduler();
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> cancelled.countDown());
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = Batcher.<String>builder("orphan")
                        .interval(Duration.ofMinutes(1))
                        .maxBatchSize(1)
                        .handlerTimeout(Duration.ofMillis(300))
                        .shutdownTimeout(Duration.ZERO)
                        .scheduler(scheduler)
                        .asyncHandler(batch -> {
                            called.countDown();
                            return stage;
                        })
                        .build()) {
            batcher.add("a");
            assertThat(await(called)).isTrue();
            scheduler.die();
            assertThat(await(cancelled)).isTrue();
            assertThat(stage).isCancelled();
        }
    }

    @Test
    void aSchedulerThatIsOnTimeIsNotSuspected() throws InterruptedException {
        Mortal scheduler = Death.SHUT_DOWN.scheduler();
        CountDownLatch handled = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog();
                Batcher<String> batcher = Batcher.<String>builder("happy")
                        .interval(Duration.ofMillis(1_500)) // longer than the patience with the scheduler
                        .scheduler(scheduler)
                        .handler(batch -> handled.countDown())
                        .build()) {
            batcher.add("a");
            assertThat(await(handled)).isTrue();
            assertThat(log.lines()).isEmpty();
        } finally {
            scheduler.die();
        }
    }
}
