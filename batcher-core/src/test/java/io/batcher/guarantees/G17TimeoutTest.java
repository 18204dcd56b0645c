/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G17: a sync attempt is judged when its call returns: a normal return is success however late, a throw after the timeout fails with
 * {@link TimeoutException}, the interrupt never outlives the call; an async attempt fails at the timeout and its stage is cancelled.
 */
class G17TimeoutTest {

    private static BatcherFixture sync() {
        return new BatcherFixture(CallStyle.SYNC, builder -> builder.handlerTimeout(Duration.ofSeconds(1)));
    }

    private static BatcherFixture async() {
        return BatcherFixture.byHand(builder -> builder.handlerTimeout(Duration.ofSeconds(1)));
    }

    @Test
    void aSyncCallThatReturnsIsASuccessHoweverLate() {
        try (BatcherFixture rig = sync()) {
            rig.script.add(batch -> rig.advanceMillis(60_000));
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures).isEmpty();
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }

    @Test
    void aSyncCallIsInterruptedAtTheTimeoutAndNotBefore() {
        try (BatcherFixture rig = sync()) {
            rig.script.add(batch -> {
                rig.advanceMillis(999);
                rig.record("interrupted " + Thread.currentThread().isInterrupted());
                rig.advanceMillis(1);
                rig.record("interrupted " + Thread.currentThread().isInterrupted());
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly("500 INTERVAL 1 [a]", "1499 interrupted false", "1500 interrupted true");
        }
    }

    @Test
    void theInterruptDoesNotOutliveTheCall() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.handlerTimeout(Duration.ofSeconds(1)).maxBatchSize(1))) {
            rig.script.add(batch -> rig.advanceMillis(5_000));
            rig.script.add(
                    batch -> rig.record("interrupted " + Thread.currentThread().isInterrupted()));
            rig.add("a", "b").runReady();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(rig.log).endsWith("5000 interrupted false");
        }
    }

    @Test
    void aSyncCallThatThrowsAfterTheTimeoutFailsWithTimeoutException() {
        try (BatcherFixture rig = sync()) {
            Exception thrown = new InterruptedException("woken");
            rig.script.add(batch -> {
                rig.advanceMillis(1_000);
                throw thrown;
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("the handler took longer than handlerTimeout, PT1S")
                    .hasSuppressedException(thrown);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.calls.get(1).attempt()).isEqualTo(2);
        }
    }

    @Test
    void aSyncCallThatThrowsBeforeTheTimeoutFailsWithWhatItThrew() {
        try (BatcherFixture rig = sync()) {
            IOException thrown = new IOException("no");
            rig.script.add(batch -> {
                rig.advanceMillis(999);
                throw thrown;
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isSameAs(thrown);
        }
    }

    @Test
    void anAsyncAttemptFailsAtTheTimeoutAndItsStageIsCancelled() {
        try (BatcherFixture rig = async()) {
            rig.add("a").advanceMillis(500);
            CompletableFuture<Void> stage = rig.stages.remove();
            rig.advanceMillis(999);
            assertThat(stage).isNotDone();
            rig.advanceMillis(1);
            assertThat(stage).isCancelled();
            assertThat(rig.failures.get(0).cause()).isInstanceOf(TimeoutException.class);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "1500 failed [a] the handler took longer than handlerTimeout, PT1S, again in 500");
            rig.advanceMillis(500).succeed();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aStageThatEndsAfterItsTimeoutChangesNothing() {
        CompletableFuture<Void> uncancellable = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return false;
            }
        };
        try (BatcherFixture rig = BatcherFixture.bare(
                builder -> builder.handlerTimeout(Duration.ofSeconds(1)).asyncHandler(batch -> uncancellable))) {
            rig.add("a").advanceMillis(1_500);
            assertThat(rig.failures).hasSize(1);
            uncancellable.complete(null);
            rig.runReady();
            assertThat(rig.stats().handled()).isZero();
            assertThat(rig.stats().depth()).isEqualTo(1);
            rig.advanceMillis(500); // the second attempt gets the same stage, complete now
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }

    @Test
    void aStageThatCannotBeCancelledDoesNotAffectDelivery() {
        CompletableFuture<Void> throwing = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                throw new UnsupportedOperationException("cancel");
            }
        };
        CompletableFuture<?>[] stage = {throwing};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = BatcherFixture.bare(
                        builder -> builder.handlerTimeout(Duration.ofSeconds(1)).asyncHandler(batch -> stage[0]))) {
            rig.add("a").advanceMillis(1_500);
            assertThat(rig.failures).hasSize(1);
            stage[0] = CompletableFuture.completedFuture(null);
            rig.advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }

    @Test
    void theCallOfAnAsyncHandlerTimesOut() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder.handlerTimeout(Duration.ofSeconds(1)))) {
            rig.batcher.registerAsyncHandler(batch -> {
                rig.advanceMillis(3_000);
                return stage;
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isInstanceOf(TimeoutException.class);
            assertThat(stage).isCancelled();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatEndsInTimeLeavesNoTimer(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.handlerTimeout(Duration.ofSeconds(1)))) {
            rig.script.add(batch -> rig.advanceMillis(999));
            rig.add("a").advanceMillis(500);
            rig.runReady();
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.time.pendingTimers()).isZero();
            rig.advanceMillis(5_000);
            assertThat(rig.failures).isEmpty();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void eachAttemptHasTheWholeTime() {
        try (BatcherFixture rig = async()) {
            rig.add("a").advanceMillis(1_500);
            rig.stages.remove();
            rig.advanceMillis(500 + 999).succeed();
            assertThat(rig.failures).hasSize(1);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutATimeoutAnAttemptMayTakeAnyTime(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> rig.time.advance(Duration.ofDays(30)));
            rig.add("a").advanceMillis(500);
            rig.runReady();
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.failures).isEmpty();
        }
    }

    @Test
    void aStageThatTimedOutDoesNotDelayTheSecondAttempt() {
        try (BatcherFixture rig = async()) {
            rig.add("a").advanceMillis(500);
            rig.advanceMillis(1_500);
            assertThat(rig.calls).hasSize(2); // the first stage was cancelled, so the calls do not overlap
            rig.stages.remove();
            rig.succeed();
            assertThat(rig.stats().handled()).isEqualTo(1);
        }
    }
}
