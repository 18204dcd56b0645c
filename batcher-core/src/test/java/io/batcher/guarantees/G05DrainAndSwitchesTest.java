/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherState;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G5 and the API: what {@code drain}, {@code stopAutoFlush}, {@code pause} and their opposites change, and what they do not. */
class G05DrainAndSwitchesTest {

    @ParameterizedTest
    @EnumSource
    void drainFlushesAndDeliversLaterItemsAtOnceUntilStartAutoFlush(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a", "b");
            CompletableFuture<Void> drained = rig.batcher.drain();
            assertThat(rig.stats().state()).isEqualTo(BatcherState.DRAINING);
            rig.runReady();
            assertThat(drained).isCompleted();
            rig.add("c").runReady();
            rig.advanceMillis(100).add("d").runReady();
            rig.batcher.startAutoFlush();
            assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
            rig.add("e").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly("0 MANUAL 1 [a, b]", "0 EAGER 1 [c]", "100 EAGER 1 [d]", "600 INTERVAL 1 [e]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void drainOfAnEmptyBatcherCompletesAndDeliversLaterItemsAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            assertThat(rig.batcher.drain()).isCompleted();
            rig.add("a").runReady();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDrainThatFailsStaysInForce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            Exception cause = new Exception("no");
            rig.failWith(cause).add("a");
            CompletableFuture<Void> drained = rig.batcher.drain();
            rig.runReady();
            assertThat(causeOf(drained)).isSameAs(cause);
            rig.add("b").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly(
                            "0 MANUAL 1 [a]", "0 failed [a] no, again in 500", "500 MANUAL 2 [a]", "500 EAGER 1 [b]");
        }
    }

    @Test
    void drainWithoutHandlerFailsAndTheItemsStay() {
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder)) {
            rig.add("a");
            assertThat(causeOf(rig.batcher.drain())).isInstanceOf(IllegalStateException.class);
            assertThat(rig.stats().depth()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void drainWhilePausedWaitsForResume(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.pause();
            rig.add("a");
            CompletableFuture<Void> drained = rig.batcher.drain();
            rig.advanceMillis(5_000);
            assertThat(drained).isNotDone();
            rig.batcher.resume();
            rig.runReady();
            assertThat(drained).isCompleted();
            assertThat(rig.stats().state()).isEqualTo(BatcherState.DRAINING);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopAutoFlushDoesNotEndADrain(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.drain();
            rig.batcher.stopAutoFlush();
            rig.add("a").runReady();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAutoFlushAFullBatchIsDelivered(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.batcher.stopAutoFlush();
            rig.add("a").advanceMillis(5_000).add("b").runReady();
            assertThat(rig.log).containsExactly("5000 SIZE 1 [a, b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAutoFlushABatchOfFullWeightIsDelivered(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.maxBatchWeight(3).weigher(String::length))) {
            rig.batcher.stopAutoFlush();
            rig.add("a").advanceMillis(5_000).add("bb").runReady();
            assertThat(rig.log).containsExactly("5000 WEIGHT 1 [a, bb]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAutoFlushAnEagerBatcherDelivers(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.eager(true).autoFlush(false))) {
            rig.add("a").runReady();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAutoFlushAFailedBatchIsRetried(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1).add("a").advanceMillis(500);
            rig.batcher.stopAutoFlush();
            rig.add("b").advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]", "500 failed [a] failure 1, again in 500", "1000 INTERVAL 2 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void startAutoFlushTwiceHasTheEffectOfOne(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.startAutoFlush();
            rig.add("a");
            rig.batcher.startAutoFlush();
            assertThat(rig.time.pendingTimers()).isEqualTo(1);
            rig.advanceMillis(5_000);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPausedBatcherDeliversNothingAndAcceptsItems(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.maxBatchSize(2).capacity(5))) {
            rig.batcher.pause();
            rig.add("a", "b", "c", "d", "e");
            rig.batcher.drain();
            rig.advanceMillis(60_000);
            assertThat(rig.log).isEmpty();
            assertThat(rig.stats().state()).isEqualTo(BatcherState.PAUSED);
            assertThat(rig.stats().depth()).isEqualTo(5);
            assertThat(rig.batcher.offer("f")).isFalse();
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPauseDuringAnAttemptStopsTheNextAttempt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(1))) {
            rig.script.add(batch -> rig.batcher.pause());
            rig.add("a", "b").advanceMillis(5_000);
            assertThat(rig.handled).containsExactly("a");
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPausedBatcherDoesNotRetry(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1).add("a").advanceMillis(500);
            rig.batcher.pause();
            rig.advanceMillis(5_000);
            assertThat(rig.calls).hasSize(1);
            assertThat(rig.time.pendingTimers()).isZero();
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.log).endsWith("5500 INTERVAL 2 [a]");
        }
    }
}
