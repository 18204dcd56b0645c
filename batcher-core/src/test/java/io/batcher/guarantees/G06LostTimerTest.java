/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherScheduler;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.TestThreads;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * G6: a timer that the user's scheduler loses is taken over by the process-wide timer, one second after its time. In real time, which
 * is the only time of the process-wide timer: each test has a batcher for each kind of loss, and all of them wait at the same time.
 */
class G06LostTimerTest {

    private static final Duration SOON = Duration.ofMillis(100);

    /** A scheduler that can be made to lose its timers. */
    private interface Mortal extends BatcherScheduler {
        void die();
    }

    /** How timers are lost. */
    enum Loss {
        SHUT_DOWN {
            @Override
            Mortal mortal() {
                ScheduledExecutorService executor = executor();
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
            Mortal mortal() {
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
                        timer.cancel(); // as java.util.Timer does when a task throws
                    }
                };
            }
        },
        BLOCKED {
            @Override
            Mortal mortal() {
                Mortal executor = SHUT_DOWN.mortal();
                return new Mortal() {
                    @Override
                    public Future<?> schedule(Runnable task, Duration delay) {
                        return executor.schedule(task, delay);
                    }

                    @Override
                    public void die() {
                        CountDownLatch blocked = new CountDownLatch(1);
                        executor.schedule(
                                () -> {
                                    blocked.countDown();
                                    TestThreads.await(new CountDownLatch(1));
                                },
                                Duration.ZERO);
                        TestThreads.await(blocked);
                    }
                };
            }
        },
        FORGOTTEN {
            @Override
            Mortal mortal() {
                Mortal executor = SHUT_DOWN.mortal();
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

        abstract Mortal mortal();

        /** Returns a scheduler that dies as soon as it has set a timer that is due soon: the one that the test is about. */
        BatcherScheduler scheduler() {
            Mortal mortal = mortal();
            AtomicBoolean dead = new AtomicBoolean();
            return (task, delay) -> {
                Future<?> handle = mortal.schedule(task, delay);
                if (delay.compareTo(SOON) <= 0 && dead.compareAndSet(false, true)) {
                    mortal.die();
                }
                return handle;
            };
        }

        String batcher() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static ScheduledExecutorService executor() {
            return Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "scheduler");
                thread.setDaemon(true);
                return thread;
            });
        }
    }

    private final CapturedLog log = new CapturedLog();
    private final Map<Loss, Batcher<String>> batchers = new EnumMap<>(Loss.class);
    private final Map<Loss, Semaphore> events = new EnumMap<>(Loss.class);

    @AfterEach
    void close() {
        batchers.values().forEach(Batcher::close);
        log.close();
    }

    /** What a batcher does, given the semaphore that counts its events. */
    private interface Options {
        UnaryOperator<BatcherBuilder<String>> with(Semaphore event);
    }

    /** Builds a batcher for each kind of loss. */
    private void build(Options options) {
        for (Loss loss : Loss.values()) {
            Semaphore event = new Semaphore(0);
            events.put(loss, event);
            batchers.put(
                    loss,
                    options.with(event)
                            .apply(Batcher.<String>builder(loss.batcher()).scheduler(loss.scheduler()))
                            .build());
        }
    }

    private void addToEach(String item) {
        batchers.values().forEach(batcher -> batcher.add(item));
    }

    /** Waits at most 10 seconds for the next event of each batcher. */
    private void awaitEach() throws InterruptedException {
        for (Loss loss : Loss.values()) {
            assertThat(events.get(loss).tryAcquire(10, TimeUnit.SECONDS))
                    .as(loss.name())
                    .isTrue();
        }
    }

    @Test
    void aLostTickIsTakenOver() throws InterruptedException {
        build(event -> builder -> builder.interval(SOON).handler(batch -> event.release()));
        addToEach("a");
        awaitEach();
        for (Loss loss : Loss.values()) {
            String name = "\"" + loss.batcher() + "\"";
            // Another thread than the timer's writes it.
            Waiting.until("a line about " + name, () -> log.lines().stream().anyMatch(line -> line.contains(name)));
            assertThat(log.lines())
                    .filteredOn(line -> line.contains(name))
                    .containsExactly("WARNING Batcher \"" + loss.batcher()
                            + "\" the scheduler did not run a timer within 1 s of its time;"
                            + " the process-wide timer is used for 1 min. Check that the scheduler is not shut down and"
                            + " that its tasks do not block");
        }
        addToEach("b");
        awaitEach();
    }

    @Test
    void aLostRetryIsTakenOver() throws InterruptedException {
        build(event -> {
            AtomicInteger calls = new AtomicInteger();
            return builder -> builder.interval(Duration.ofMinutes(1))
                    .maxBatchSize(1)
                    .retry(RetryPolicy.builder().delay(SOON).build())
                    .handler(batch -> {
                        if (calls.incrementAndGet() == 1) {
                            throw new IllegalStateException("no");
                        }
                        event.release();
                    });
        });
        addToEach("a");
        awaitEach();
    }

    @Test
    void aLostHandlerTimeoutIsTakenOver() throws InterruptedException {
        build(event -> {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            stage.whenComplete((value, failure) -> {
                if (stage.isCancelled()) {
                    event.release();
                }
            });
            return builder -> builder.interval(Duration.ofMinutes(1))
                    .maxBatchSize(1)
                    .handlerTimeout(SOON)
                    .shutdownTimeout(Duration.ZERO)
                    .asyncHandler(batch -> stage);
        });
        addToEach("a");
        awaitEach();
    }

    @Test
    void aSchedulerThatIsOnTimeIsNotReplaced() {
        ScheduledExecutorService scheduler = Loss.executor();
        CountDownLatch handled = new CountDownLatch(1);
        try (Batcher<String> batcher = Batcher.<String>builder("on-time")
                .interval(Duration.ofMillis(1_200)) // longer than the delay before a takeover
                .scheduler(scheduler)
                .handler(batch -> handled.countDown())
                .build()) {
            batcher.add("a");
            TestThreads.await(handled);
            assertThat(log.lines()).isEmpty();
        } finally {
            scheduler.shutdownNow();
        }
    }
}
