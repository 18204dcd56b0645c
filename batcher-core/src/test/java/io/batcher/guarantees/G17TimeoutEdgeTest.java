/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherScheduler;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** G17, to the nanosecond: a call that takes the whole {@code handlerTimeout} has timed out, even if the timer has not fired yet. */
class G17TimeoutEdgeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration ALMOST = SECOND.minusNanos(1);
    private static final String TOO_LONG = "the handler took longer than handlerTimeout, PT1S";

    /** Sets batches of one item and a scheduler whose timers fire a second late. */
    private static BatcherBuilder<String> late(BatcherBuilder<String> builder) {
        BatcherScheduler time = builder.config().scheduler();
        return builder.handlerTimeout(SECOND)
                .maxBatchSize(1)
                .scheduler((task, delay) -> time.schedule(task, delay.plus(SECOND)));
    }

    private static BatcherFixture throwing(Duration after, Exception thrown) {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, G17TimeoutEdgeTest::late);
        rig.script.add(batch -> {
            rig.time.advance(after);
            throw thrown;
        });
        rig.add("a").runReady();
        return rig;
    }

    private static BatcherFixture returning(CompletableFuture<Void> stage, Duration after) {
        BatcherFixture rig = BatcherFixture.bare(G17TimeoutEdgeTest::late);
        rig.batcher.registerAsyncHandler(batch -> {
            if (rig.calls.isEmpty()) {
                rig.calls.add(batch);
                rig.time.advance(after);
                return stage;
            }
            return CompletableFuture.completedFuture(null);
        });
        rig.add("a").runReady();
        return rig;
    }

    @Test
    void aSyncCallThatThrowsAfterExactlyTheTimeoutHasTimedOut() {
        IOException thrown = new IOException("no");
        try (BatcherFixture rig = throwing(SECOND, thrown)) {
            assertThat(rig.failures.get(0).cause())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage(TOO_LONG)
                    .hasSuppressedException(thrown);
        }
    }

    @Test
    void aSyncCallThatThrowsANanosecondEarlierHasNotTimedOut() {
        IOException thrown = new IOException("no");
        try (BatcherFixture rig = throwing(ALMOST, thrown)) {
            assertThat(rig.failures.get(0).cause()).isSameAs(thrown);
        }
    }

    @Test
    void aSyncCallThatReturnsAfterExactlyTheTimeoutIsASuccess() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, G17TimeoutEdgeTest::late)) {
            rig.script.add(batch -> rig.time.advance(SECOND));
            rig.add("a").runReady();
            assertThat(rig.stats().handled()).isEqualTo(1);
            assertThat(rig.failures).isEmpty();
        }
    }

    @Test
    void anAsyncCallThatTakesExactlyTheTimeoutFailsWhenItReturns() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        try (BatcherFixture rig = returning(stage, SECOND)) {
            assertThat(rig.log).containsExactly("1000 failed [a] " + TOO_LONG + ", again in 500");
            assertThat(rig.failures.get(0).cause()).isInstanceOf(TimeoutException.class);
            assertThat(stage).isCancelled();
        }
    }

    @Test
    void anAsyncCallThatTakesExactlyTheTimeoutFailsEvenIfItsStageIsDone() {
        try (BatcherFixture rig = returning(CompletableFuture.completedFuture(null), SECOND)) {
            assertThat(rig.log).containsExactly("1000 failed [a] " + TOO_LONG + ", again in 500");
            assertThat(rig.stats().handled()).isZero();
        }
    }

    @Test
    void anAsyncCallThatTakesANanosecondLessIsJudgedByItsStage() {
        try (BatcherFixture done = returning(CompletableFuture.completedFuture(null), ALMOST)) {
            assertThat(done.failures).isEmpty();
            assertThat(done.stats().handled()).isEqualTo(1);
        }
        IOException thrown = new IOException("no");
        try (BatcherFixture failed = returning(CompletableFuture.failedFuture(thrown), ALMOST)) {
            assertThat(failed.failures.get(0).cause()).isSameAs(thrown);
        }
    }

    @Test
    void aStageHasUntilTheLastNanosecond() {
        try (BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.handlerTimeout(SECOND).maxBatchSize(1))) {
            rig.add("a").runReady();
            rig.time.advance(ALMOST);
            assertThat(rig.stages.peek()).isNotDone();
            rig.succeed();
            assertThat(rig.handled).containsExactly("a");

            rig.add("b").runReady();
            rig.time.advance(ALMOST);
            rig.time.advance(Duration.ofNanos(1));
            assertThat(rig.stages.remove()).isCancelled();
            assertThat(rig.failures.get(0).cause())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage(TOO_LONG);
            rig.advanceMillis(500).succeed();
        }
    }
}
