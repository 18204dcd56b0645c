/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherConfig;
import io.batcher.BatcherState;
import io.batcher.CloseResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** G15: {@link VirtualTime} drives ticks, delays, timeouts and the executor. */
class VirtualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    private Runnable note(String event) {
        return () -> log.add(Duration.ofNanos(time.nanoTime()).toMillis() + " " + event);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void timeStandsStillUntilItIsAdvanced() {
        assertThat(time.nanoTime()).isZero();
        assertThat(time.instant()).isEqualTo(Instant.parse("2000-01-01T00:00:00Z"));
        time.schedule(note("a"), Duration.ZERO);
        time.execute(note("b"));
        assertThat(log).isEmpty();
        time.advance(millis(1_500));
        assertThat(time.nanoTime()).isEqualTo(1_500_000_000L);
        assertThat(time.instant()).isEqualTo(Instant.parse("2000-01-01T00:00:01.500Z"));
    }

    @Test
    void tasksRunAtTheirTimesInOrder() {
        time.schedule(note("c"), millis(30));
        time.schedule(note("a"), millis(10));
        time.schedule(note("d"), millis(30));
        time.schedule(note("b"), millis(20));
        time.advance(millis(29));
        assertThat(log).containsExactly("10 a", "20 b");
        time.advance(millis(1));
        assertThat(log).containsExactly("10 a", "20 b", "30 c", "30 d");
    }

    @Test
    void readyTasksRunBeforeTimeMovesAndAfterEachTask() {
        time.execute(note("ready"));
        time.schedule(
                () -> {
                    note("timer").run();
                    time.execute(note("handed over"));
                },
                millis(10));
        time.schedule(note("next"), millis(10));
        time.advance(millis(10));
        assertThat(log).containsExactly("0 ready", "10 timer", "10 handed over", "10 next");
    }

    @Test
    void tasksScheduledByTasksRunInTheSameAdvance() {
        time.schedule(() -> time.schedule(note("second"), millis(5)), millis(5));
        time.schedule(() -> time.schedule(note("too late"), millis(100)), millis(5));
        time.advance(millis(50));
        assertThat(log).containsExactly("10 second");
        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void runReadyRunsTasksThatReadyTasksSubmit() {
        time.execute(() -> time.execute(note("inner")));
        time.schedule(note("timer"), Duration.ZERO);
        time.runReady();
        assertThat(log).containsExactly("0 inner");
        time.advance(Duration.ZERO);
        assertThat(log).containsExactly("0 inner", "0 timer");
    }

    @Test
    void aCancelledTaskNeverRunsAndIsNotPending() {
        Future<?> task = time.schedule(note("never"), millis(10));
        time.schedule(note("other"), millis(20));
        assertThat(time.pendingTimers()).isEqualTo(2);
        assertThat(task.cancel(false)).isTrue();
        assertThat(time.pendingTimers()).isEqualTo(1);
        time.advance(SECOND);
        assertThat(log).containsExactly("20 other");
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void aTaskMayAdvanceTheTime() {
        time.schedule(
                () -> {
                    note("begin").run();
                    time.advance(millis(100));
                    note("end").run();
                },
                millis(10));
        time.schedule(note("meanwhile"), millis(50));
        time.advance(millis(20));
        assertThat(log).containsExactly("10 begin", "50 meanwhile", "110 end");
        assertThat(time.nanoTime()).isEqualTo(110_000_000L);
    }

    @Test
    void timeOnlyMovesForward() {
        assertThatThrownBy(() -> time.advance(millis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("by must not be negative, because time only moves forward, but was PT-0.001S");
        assertThatThrownBy(() -> time.advance(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> time.execute(null)).isInstanceOf(NullPointerException.class);
        time.schedule(note("at once"), millis(-5));
        time.advance(Duration.ZERO);
        assertThat(log).containsExactly("0 at once");
    }

    @Test
    void anExceptionOfATaskPropagatesToTheTest() {
        IllegalStateException fault = new IllegalStateException("fault");
        time.schedule(
                () -> {
                    throw fault;
                },
                millis(10));
        assertThatThrownBy(() -> time.advance(SECOND)).hasRootCause(fault);
    }

    @Test
    void aWaitOfTheDrivingThreadAdvancesTheTimeAsNeeded() throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        time.schedule(latch::countDown, millis(300));
        assertThat(time.await(latch, SECOND.toNanos())).isTrue();
        assertThat(time.nanoTime()).isEqualTo(300_000_000L);
    }

    @Test
    void aWaitThatTimesOutAdvancesTheTimeToItsEnd() throws InterruptedException {
        time.schedule(note("on the way"), millis(300));
        time.schedule(note("later"), millis(1_001));
        assertThat(time.await(new CountDownLatch(1), SECOND.toNanos())).isFalse();
        assertThat(time.nanoTime()).isEqualTo(SECOND.toNanos());
        assertThat(log).containsExactly("300 on the way");
    }

    @Test
    void anInterruptEndsAWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> time.await(new CountDownLatch(1), 1)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(time.nanoTime()).isZero();
    }

    @Test
    void anotherThreadWaitsForTheDrivingThread() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        CompletableFuture<Boolean> inVain = waiting(new CountDownLatch(1));
        CompletableFuture<Boolean> served = waiting(opened);
        assertThat(inVain).isNotDone();
        opened.countDown();
        assertThat(served.get(10, TimeUnit.SECONDS)).isTrue();
        time.advance(SECOND);
        assertThat(inVain.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(time.nanoTime()).isEqualTo(SECOND.toNanos());
    }

    /** Starts a thread that waits, and returns once it does. */
    private CompletableFuture<Boolean> waiting(CountDownLatch latch) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(time.await(latch, SECOND.toNanos()));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return result;
    }

    @Test
    void applyToMakesItClockSchedulerAndExecutorOfABatcher() {
        BatcherConfig<String> config =
                time.applyTo(Batcher.<String>builder("virtual")).config();
        assertThat(config.clock()).isSameAs(time);
        assertThat(config.scheduler()).isSameAs(time);
        assertThat(config.executor()).isSameAs(time);
    }

    @Test
    void ticksDelaysTimeoutsAndHandlersRunOnTheTestsThread() {
        List<Thread> threads = new ArrayList<>();
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("virtual"))
                .handlerTimeout(millis(40))
                .onError(failure ->
                        note(failure.cause().getClass().getSimpleName()).run())
                .asyncHandler(batch -> {
                    threads.add(Thread.currentThread());
                    note(batch.toString()).run();
                    return new CompletableFuture<Void>();
                })
                .build();
        batcher.add("a");
        time.advance(millis(1_100));
        assertThat(log).containsExactly("500 [a]", "540 TimeoutException", "1040 [a]", "1080 TimeoutException");
        assertThat(threads).containsOnly(Thread.currentThread());
        batcher.close(Duration.ZERO);
    }

    @Test
    void severalBatchersShareOneTime() {
        List<Batcher<String>> batchers = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            batchers.add(time.applyTo(Batcher.<String>builder(name))
                    .handler(batch -> note(name + " " + batch).run())
                    .build());
        }
        batchers.get(0).add("a");
        time.advance(millis(100));
        batchers.get(1).add("b");
        time.advance(SECOND);
        assertThat(log).containsExactly("500 one [a]", "600 two [b]");
        batchers.forEach(Batcher::close);
    }

    @Test
    void aNewDrivingThreadWaitsForTheHandlerOfThePreviousOne() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("virtual"))
                .handler(batch -> {
                    called.countDown();
                    released.await();
                })
                .build();
        batcher.add("a");
        CompletableFuture<CloseResult<String>> closed = new CompletableFuture<>();
        Thread closer = new Thread(() -> {
            try {
                called.await();
                time.driveFromHere();
                new Thread(() -> {
                            while (batcher.stats().state() != BatcherState.DRAINING && !closed.isDone()) {
                                Thread.onSpinWait();
                            }
                            released.countDown();
                        })
                        .start();
                closed.complete(batcher.close(Duration.ofSeconds(10)));
            } catch (Throwable t) {
                closed.completeExceptionally(t);
            }
        });
        closer.start();
        time.advance(millis(500));
        assertThat(closed.get(10, TimeUnit.SECONDS).undelivered()).isEmpty();
        assertThat(closed.join().timedOut()).isFalse();
        assertThat(batcher.stats().handled()).isEqualTo(1);
    }
}
