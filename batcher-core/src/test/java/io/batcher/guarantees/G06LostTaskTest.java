/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestExecutors.wrapping;
import static io.batcher.fixtures.TestThreads.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherBuilder;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6: a task that the executor accepted and lost is started again; only close ends delivery. */
class G06LostTaskTest {

    private final List<Runnable> lost = new ArrayList<>();
    private int toLose;

    /** Sets an executor that does not run the next tasks, and keeps them so that a test can run them late. */
    private UnaryOperator<BatcherBuilder<String>> losing(int tasks) {
        lost.clear();
        toLose = tasks;
        return wrapping((executor, task) -> {
            if (toLose > 0) {
                toLose--;
                lost.add(task);
            } else {
                executor.execute(task);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLostTaskIsStartedAgainAfterASecond(CallStyle style) {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style, losing(1))) {
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
    void aTaskWhoseDecoratorThrowsIsStartedAgain() {
        boolean[] fails = {true};
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC,
                        wrapping((executor, task) -> executor.execute(() -> {
                            if (!fails[0]) {
                                task.run();
                            }
                        })))) {
            rig.add("a").advanceMillis(500);
            fails[0] = false;
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a");
        }
    }

    @Test
    void aFlushWhoseTaskWasLostCompletes() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, losing(1))) {
            CompletableFuture<Void> flushed = rig.add("a").batcher.flush();
            rig.advanceMillis(999);
            assertThat(flushed).isNotDone();
            rig.advanceMillis(1);
            assertThat(flushed).isCompleted();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostTaskAfterAStageIsStartedAgain(boolean succeeds) {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = BatcherFixture.byHand(
                        builder -> losing(0).apply(builder).handlerTimeout(Duration.ofSeconds(30)))) {
            rig.add("a").advanceMillis(500);
            toLose = 1;
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
    void theDelayIsTwoIntervalsIfThatIsLonger() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        CallStyle.SYNC, builder -> losing(1).apply(builder).interval(Duration.ofSeconds(3)))) {
            rig.add("a").advanceMillis(3_000);
            assertThat(rig.advanceMillis(5_999).handled).isEmpty();
            assertThat(rig.advanceMillis(1).handled).containsExactly("a");
        }
    }

    @Test
    void theDelayDoublesUpToAMinuteUntilATaskRuns() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, losing(8))) {
            rig.add("a");
            rig.batcher.flush();
            long[] patience = {1, 2, 4, 8, 16, 32, 60, 60};
            for (int i = 0; i < patience.length; i++) {
                assertThat(lost).hasSize(i + 1);
                rig.advanceMillis(patience[i] * 1_000 - 1);
                assertThat(lost).hasSize(i + 1);
                rig.advanceMillis(1);
            }
            assertThat(rig.handled).containsExactly("a");
            assertThat(log.lines()).hasSize(4); // logged at once, then once a minute
            toLose = 1;
            rig.add("b");
            rig.batcher.flush();
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostTaskThatRunsLateDoesNothing(CallStyle style) {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(style, losing(2))) {
            rig.add("a").advanceMillis(500).advanceMillis(3_000);
            assertThat(rig.handled).containsExactly("a");
            rig.add("b");
            lost.forEach(Runnable::run);
            assertThat(rig.handled).containsExactly("a");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void anOvertakenTaskDoesNothingWhileItsSuccessorIsQueued() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, losing(2))) {
            rig.add("a").advanceMillis(1_500);
            assertThat(lost).hasSize(2);
            lost.get(0).run();
            assertThat(rig.calls).isEmpty();
            lost.get(1).run();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aTaskThatRunsBeforeTheDelayEndsIsNotStartedAgain() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, losing(1))) {
            rig.add("a").advanceMillis(1_499);
            lost.get(0).run();
            rig.advanceMillis(10_000);
            assertThat(rig.calls).hasSize(1);
            assertThat(log.lines()).isEmpty();
        }
    }

    /** The thread that submitted the first task returns from {@code execute} after the second task was lost. */
    @Test
    void aLateReturnOfExecuteDoesNotHideALostTask() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        int[] tasks = new int[1];
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, wrapping((executor, task) -> {
                    int number = ++tasks[0];
                    if (number != 2) {
                        executor.execute(task);
                    }
                    if (number == 1) {
                        entered.countDown();
                        await(leave);
                    }
                }))) {
            rig.add("a");
            Thread first = new Thread(() -> rig.batcher.flush());
            first.start();
            await(entered);
            assertThat(rig.runReady().handled).containsExactly("a");
            rig.add("b").batcher.flush();
            leave.countDown();
            first.join(10_000);
            assertThat(rig.advanceMillis(1_000).handled).containsExactly("a", "b");
        }
    }

    @Test
    void aLostTaskChangesNeitherOrderNorAttempts() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, losing(0))) {
            rig.fail(1).add("a").advanceMillis(500);
            toLose = 1;
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
