/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6: a task that the executor has accepted and lost is started again; nothing but close ends delivery. */
class G06LostTaskTest {

    /** An executor that loses as many tasks as it is told to, and keeps them for a test that runs them late. */
    private static final class Losing implements Executor {
        private final Executor executor;
        private final List<Runnable> lost = new ArrayList<>();
        private int toLose;

        Losing(Executor executor) {
            this.executor = executor;
        }

        @Override
        public void execute(Runnable task) {
            if (toLose > 0) {
                toLose--;
                lost.add(task);
            } else {
                executor.execute(task);
            }
        }
    }

    private Losing executor;

    private UnaryOperator<BatcherBuilder<String>> losing(int tasks) {
        return builder -> {
            executor = new Losing(builder.config().executor());
            executor.toLose = tasks;
            return builder.executor(executor);
        };
    }

    @ParameterizedTest
    @EnumSource
    void aLostTaskIsStartedAgainAfterASecond(HandlerKind kind) {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(kind, losing(1))) {
            rig.add("a").advanceMillis(500);
            assertThat(rig.advanceMillis(999).handled).isEmpty();
            assertThat(log.lines()).isEmpty();
            assertThat(rig.advanceMillis(1).handled).containsExactly("a");
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"rig\" the executor accepted a task and did not start it in time;"
                                    + " another task is started. Check that the executor has free threads and does not discard tasks");
            rig.add("b").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(rig.failures).isEmpty();
        }
    }

    @Test
    void aTaskThatADecoratorFailsBeforeItRunsItIsStartedAgain() {
        boolean[] fails = {true};
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, builder -> {
                    Executor executor = builder.config().executor();
                    return builder.executor(task -> executor.execute(() -> {
                        if (!fails[0]) {
                            task.run();
                        }
                    }));
                })) {
            rig.add("a").advanceMillis(500);
            fails[0] = false;
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a");
        }
    }

    @Test
    void aFlushEndsThoughItsTaskWasLost() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, losing(1))) {
            CompletableFuture<Void> flushed = rig.add("a").batcher.flush();
            assertThat(rig.advanceMillis(999)).isNotNull();
            assertThat(flushed).isNotDone();
            rig.advanceMillis(1);
            assertThat(flushed).isCompleted();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTaskThatGoesOnAfterAStageIsStartedAgain(boolean succeeds) {
        try (CapturedLog log = new CapturedLog();
                Rig rig = Rig.byHand(builder -> losing(0).apply(builder).handlerTimeout(Duration.ofSeconds(30)))) {
            rig.add("a").advanceMillis(500);
            executor.toLose = 1;
            if (succeeds) {
                rig.succeed();
            } else {
                rig.failStage("no");
            }
            assertThat(rig.stats().inFlight()).isEqualTo(1);
            rig.advanceMillis(1_000);
            assertThat(rig.stats().inFlight()).isZero();
            assertThat(rig.stats().handled()).isEqualTo(succeeds ? 1 : 0);
            assertThat(rig.stats().failedAttempts()).isEqualTo(succeeds ? 0 : 1);
            rig.advanceMillis(500);
            assertThat(rig.calls).hasSize(succeeds ? 1 : 2);
            rig.batcher.close(Duration.ZERO);
        }
    }

    @Test
    void thePatienceIsTwoIntervalsWhereThoseAreLonger() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(
                        HandlerKind.SYNC, builder -> losing(1).apply(builder).interval(Duration.ofSeconds(3)))) {
            rig.add("a").advanceMillis(3_000);
            assertThat(rig.advanceMillis(5_999).handled).isEmpty();
            assertThat(rig.advanceMillis(1).handled).containsExactly("a");
        }
    }

    @Test
    void thePatienceDoublesUpToAMinuteAndBeginsAnewAfterATaskThatRan() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, losing(8))) {
            rig.add("a");
            rig.batcher.flush();
            long[] patience = {1, 2, 4, 8, 16, 32, 60, 60};
            for (int i = 0; i < patience.length; i++) {
                assertThat(executor.lost).hasSize(i + 1);
                rig.advanceMillis(patience[i] * 1_000 - 1);
                assertThat(executor.lost).hasSize(i + 1);
                rig.advanceMillis(1);
            }
            assertThat(rig.handled).containsExactly("a");
            assertThat(log.lines()).hasSize(4); // at once, then once a minute
            executor.toLose = 1;
            rig.add("b");
            rig.batcher.flush();
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostTaskThatRunsAfterAllDoesNothing(HandlerKind kind) {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(kind, losing(2))) {
            rig.add("a").advanceMillis(500).advanceMillis(3_000);
            assertThat(rig.handled).containsExactly("a");
            rig.add("b");
            executor.lost.forEach(Runnable::run);
            assertThat(rig.handled).containsExactly("a");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void anOvertakenTaskDoesNothingWhileTheNextOneWaits() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, losing(2))) {
            rig.add("a").advanceMillis(1_500);
            assertThat(executor.lost).hasSize(2);
            executor.lost.get(0).run();
            assertThat(rig.calls).isEmpty();
            executor.lost.get(1).run();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aTaskThatRunsLateButBeforeItIsStartedAgainIsNotStartedAgain() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, losing(1))) {
            rig.add("a").advanceMillis(1_499);
            executor.lost.get(0).run();
            rig.advanceMillis(10_000);
            assertThat(rig.calls).hasSize(1);
            assertThat(log.lines()).isEmpty();
        }
    }

    /** The thread that gave the first task to the executor comes back when the second one is lost already. */
    @Test
    void aLateReturnFromExecuteHidesNoLostTask() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        int[] tasks = new int[1];
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, builder -> {
                    Executor executor = builder.config().executor();
                    return builder.executor(task -> {
                        int number = ++tasks[0];
                        if (number != 2) {
                            executor.execute(task);
                        }
                        if (number == 1) {
                            entered.countDown();
                            awaitUninterruptibly(leave);
                        }
                    });
                })) {
            rig.add("a");
            Thread first = new Thread(() -> rig.batcher.flush());
            first.start();
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.runReady().handled).containsExactly("a");
            rig.add("b").batcher.flush();
            leave.countDown();
            first.join(10_000);
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a", "b");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatWaitsKeepsItsOrderAndItsAttempts() {
        try (CapturedLog log = new CapturedLog();
                Rig rig = new Rig(HandlerKind.SYNC, losing(0))) {
            rig.fail(1).add("a").advanceMillis(500);
            executor.toLose = 1;
            rig.add("b").advanceMillis(500);
            assertThat(rig.handled).isEmpty();
            rig.advanceMillis(1_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "2000 INTERVAL 2 [a]",
                            "2000 INTERVAL 1 [b]");
        }
    }
}
