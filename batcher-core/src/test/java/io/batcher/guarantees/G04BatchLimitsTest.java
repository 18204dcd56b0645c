/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G4, size: a batch is never larger than {@code maxBatchSize} or heavier than {@code maxBatchWeight}, unless a single item is; a full
 * batch is delivered at once, exactly at the limit; a backlog is delivered back to back; {@code eager} does not wait at all.
 */
class G04BatchLimitsTest {

    @ParameterizedTest
    @EnumSource
    void aFullBatchIsDeliveredAtOnceExactlyAtTheLimit(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(3))) {
            rig.add("a", "b").runReady();
            assertThat(rig.log).isEmpty();
            rig.add("c").runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsBeyondAFullBatchWaitForTheInterval(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(3))) {
            rig.batcher.addMany(List.of("a", "b", "c", "d", "e", "f", "g"));
            rig.runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b, c]", "0 SIZE 1 [d, e, f]");
            rig.advanceMillis(500);
            assertThat(rig.log).hasSize(3).endsWith("500 INTERVAL 1 [g]");
        }
    }

    @Test
    void theDefaultLimitIs1000() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            for (int i = 0; i < 999; i++) {
                rig.add("x");
            }
            assertThat(rig.runReady().calls).isEmpty();
            assertThat(rig.add("x").runReady().calls.get(0)).hasSize(1_000);
        }
    }

    @Test
    void aSmallerCapacityLimitsTheBatchSize() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(3))) {
            rig.add("a", "b", "c").runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBacklogIsDeliveredBackToBack(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.batcher.pause();
            rig.add("a", "b", "c", "d", "e").advanceMillis(1_000);
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.log).containsExactly("1000 SIZE 1 [a, b]", "1000 SIZE 1 [c, d]", "1000 INTERVAL 1 [e]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchOfFullWeightIsDeliveredAtOnceExactlyAtTheLimit(CallStyle style) {
        try (BatcherFixture rig = weighing(style, 5)) {
            rig.add("aa", "bb").runReady();
            assertThat(rig.log).isEmpty();
            rig.add("c").runReady();
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [aa, bb, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anItemThatWouldExceedTheWeightStartsTheNextBatch(CallStyle style) {
        try (BatcherFixture rig = weighing(style, 5)) {
            rig.add("aaa", "bbb").runReady();
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [aaa]");
            rig.add("cc").runReady();
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [aaa]", "0 WEIGHT 1 [bbb, cc]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anItemHeavierThanTheLimitIsABatchOfItsOwn(CallStyle style) {
        try (BatcherFixture rig = weighing(style, 3)) {
            rig.batcher.addMany(List.of("a", "bbbbbbb", "c"));
            rig.advanceMillis(500);
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [a]", "0 WEIGHT 1 [bbbbbbb]", "500 INTERVAL 1 [c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSizeLimitAppliesTogetherWithTheWeightLimit(CallStyle style) {
        try (BatcherFixture rig = BatcherFixture.bare(
                builder -> builder.maxBatchSize(2).maxBatchWeight(5).weigher(String::length))) {
            style.register(rig.batcher, rig.time, rig::handle);
            rig.add("a", "b", "ccc", "dd", "eeee", "f").runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]", "0 WEIGHT 1 [ccc, dd]", "0 WEIGHT 1 [eeee, f]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfWeightZeroCountTowardsTheSizeOnly(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(
                style, builder -> builder.maxBatchSize(3).maxBatchWeight(1).weigher(item -> 0))) {
            rig.add("a", "b", "c", "d").advanceMillis(500);
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b, c]", "500 INTERVAL 1 [d]");
        }
    }

    @Test
    void noBatchOfARandomRunExceedsTheLimits() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<String> added = new ArrayList<>();
            int maxSize = 1 + random.nextInt(5);
            int maxWeight = 1 + random.nextInt(12);
            try (BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.maxBatchSize(maxSize)
                            .maxBatchWeight(maxWeight)
                            .weigher(String::length))) {
                for (int i = 0; i < 60; i++) {
                    String item = "x".repeat(random.nextInt(8));
                    added.add(item);
                    rig.add(item);
                    switch (random.nextInt(6)) {
                        case 0 -> rig.advanceMillis(random.nextInt(600));
                        case 1 -> rig.batcher.flush();
                        case 2 -> rig.batcher.pause();
                        case 3 -> rig.batcher.resume();
                        default -> rig.fail(random.nextInt(2));
                    }
                }
                rig.script.clear();
                rig.batcher.resume();
                rig.advanceMillis(60_000);
                assertThat(rig.handled).as("seed %s", seed).isEqualTo(added);
                assertThat(rig.calls)
                        .as("seed %s", seed)
                        .allMatch(batch -> batch.size() <= maxSize
                                && (batch.size() == 1
                                        || batch.stream()
                                                        .mapToInt(String::length)
                                                        .sum()
                                                <= maxWeight));
            }
        }
    }

    @Test
    void hugeWeightsDoNotOverflow() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchWeight(Long.MAX_VALUE).weigher(item -> Long.MAX_VALUE - 1))) {
            rig.add("a", "b").runReady();
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [a]");
        }
    }

    @Test
    void aNegativeWeightIsRejectedAndAddsNothing() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.maxBatchWeight(5).weigher(item -> -1))) {
            assertThatThrownBy(() -> rig.add("a"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("weigher must return zero or more, but returned -1 for item 0");
            assertThat(rig.stats().accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEagerBatcherDeliversTheFirstItemAtOnceToAFreeHandler(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.eager(true))) {
            rig.script.add(batch -> rig.add("b", "c").advanceMillis(100).add("d"));
            rig.add("a").runReady();
            rig.runReady();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a]", "100 EAGER 1 [b, c, d]");
        }
    }

    @Test
    void itemsAddedToAnEagerBatcherWhileAStageIsPendingFormTheNextBatch() {
        try (BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.eager(true).maxBatchSize(3))) {
            rig.add("a").runReady().add("b").runReady().add("c").advanceMillis(70);
            rig.succeed();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a]", "70 EAGER 1 [b, c]");
            rig.add("d", "e", "f", "g").succeed();
            assertThat(rig.log).hasSize(3).endsWith("70 SIZE 1 [d, e, f]");
            rig.succeed();
            rig.succeed();
        }
    }

    private static BatcherFixture weighing(CallStyle style, int maxWeight) {
        return new BatcherFixture(
                style, builder -> builder.maxBatchWeight(maxWeight).weigher(String::length));
    }
}
