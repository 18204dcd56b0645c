/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G4, time: the interval starts when an item enters an empty buffer; the timer is one-shot, none is set while idle; no item waits
 * longer while the handler is free, no failed batch is ahead, delivery is not paused and auto-flush is on.
 */
class G04OnTimeTest {

    @ParameterizedTest
    @EnumSource
    void theIntervalStartsWithTheFirstItemOfAnEmptyBuffer(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.advanceMillis(300).add("a");
            rig.advanceMillis(400).add("b");
            rig.advanceMillis(99).add("c");
            assertThat(rig.log).isEmpty();
            rig.advanceMillis(1);
            assertThat(rig.log).containsExactly("800 INTERVAL 1 [a, b, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBurstIsOneBatch(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            for (int i = 0; i < 100; i++) {
                rig.add("item " + i);
            }
            rig.advanceMillis(5_000);
            assertThat(rig.calls).hasSize(1);
            assertThat(rig.calls.get(0)).hasSize(100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachBatchHasAnIntervalOfItsOwn(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a").advanceMillis(1_234);
            rig.add("b").advanceMillis(777);
            rig.add("c").advanceMillis(500);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]", "1734 INTERVAL 1 [b]", "2511 INTERVAL 1 [c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimerIsSetWhileItemsWaitAndNoneWhileIdle(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            assertThat(rig.time.pendingTimers()).isZero();
            rig.add("a", "b");
            assertThat(rig.time.pendingTimers()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(rig.time.pendingTimers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTimerIsCancelledWhenAFullBatchIsDeliveredFirst(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.add("a", "b").runReady();
            rig.advanceMillis(400).add("c").advanceMillis(499);
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]");
            rig.advanceMillis(1);
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]", "900 INTERVAL 1 [c]");
            assertThat(rig.time.pendingTimers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsAddedDuringACallWaitAnIntervalFromTheirArrival(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> rig.advanceMillis(200).add("b").advanceMillis(100));
            rig.add("a").advanceMillis(500);
            rig.advanceMillis(399);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]");
            rig.advanceMillis(1);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]", "1200 INTERVAL 1 [b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOverdueBehindABusyHandlerAreDeliveredRightAfterIt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> rig.add("b").advanceMillis(3_000).add("c"));
            rig.add("a").advanceMillis(500);
            rig.runReady();
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]", "3500 INTERVAL 1 [b, c]");
        }
    }

    @Test
    void itemsOverdueBehindAPendingStageAreDeliveredRightAfterIt() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            rig.advanceMillis(100).add("b").advanceMillis(700).succeed();
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]", "1300 INTERVAL 1 [b]");
            rig.add("c").advanceMillis(100).succeed();
            rig.advanceMillis(399);
            assertThat(rig.calls).hasSize(2);
            rig.advanceMillis(1);
            assertThat(rig.log).hasSize(3).endsWith("1800 INTERVAL 1 [c]");
            rig.succeed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushDoesNotDelayTheNextInterval(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a").advanceMillis(200);
            rig.batcher.flush();
            rig.runReady();
            rig.advanceMillis(100).add("b").advanceMillis(1_000);
            assertThat(rig.log).containsExactly("200 MANUAL 1 [a]", "800 INTERVAL 1 [b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOverdueBehindAFailedBatchAreDeliveredRightAfterIt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1).add("a").advanceMillis(500);
            rig.add("b").advanceMillis(250);
            rig.add("c").advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "1000 INTERVAL 2 [a]",
                            "1000 INTERVAL 1 [b, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void resumeDeliversOverdueItemsAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.pause();
            rig.add("a").advanceMillis(10_000);
            assertThat(rig.log).isEmpty();
            assertThat(rig.time.pendingTimers()).isZero();
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.log).containsExactly("10000 INTERVAL 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void resumeLeavesItemsThatAreNotDueToTheirTick(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.pause();
            rig.add("a").advanceMillis(200);
            rig.batcher.resume();
            rig.advanceMillis(5_000);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void startAutoFlushDeliversOverdueItemsAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.autoFlush(false))) {
            rig.add("a").advanceMillis(10_000);
            assertThat(rig.log).isEmpty();
            assertThat(rig.time.pendingTimers()).isZero();
            rig.batcher.startAutoFlush();
            rig.runReady();
            assertThat(rig.log).containsExactly("10000 INTERVAL 1 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerRegisteredLateReceivesOverdueItemsAtOnce(CallStyle style) {
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder)) {
            rig.add("a").advanceMillis(10_000);
            assertThat(rig.time.pendingTimers()).isZero();
            style.register(rig.batcher, rig.time, rig::handle);
            rig.runReady();
            assertThat(rig.log).containsExactly("10000 INTERVAL 1 [a]");
            rig.add("b").advanceMillis(500);
            assertThat(rig.log).hasSize(2).endsWith("10500 INTERVAL 1 [b]");
        }
    }
}
