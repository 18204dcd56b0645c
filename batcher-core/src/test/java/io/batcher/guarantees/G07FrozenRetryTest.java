/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestExecutors.wrapping;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.FlushReason;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G7: a failed batch is retried with the same items, order and id; new items never join it; later batches wait behind it; backoff
 * blocks no thread.
 */
class G07FrozenRetryTest {

    @ParameterizedTest
    @EnumSource
    void aRetryHasTheSameItemsOrderAndId(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(2).add("a", "b").advanceMillis(1_500);
            assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("a", "b"), List.of("a", "b"));
            assertThat(rig.calls)
                    .extracting(Batch::id)
                    .containsOnly(rig.calls.get(0).id());
            assertThat(rig.calls).extracting(Batch::attempt).containsExactly(1, 2, 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryHasTheSameReasonAndTimeOfItsFirstItem(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.advanceMillis(100).fail(1).add("a");
            rig.advanceMillis(200).add("b").advanceMillis(500);
            assertThat(rig.calls).hasSize(2);
            assertThat(rig.calls).extracting(Batch::reason).containsOnly(FlushReason.SIZE);
            assertThat(rig.calls)
                    .extracting(Batch::firstAddedAt)
                    .containsOnly(rig.time.instant().minusMillis(700));
        }
    }

    @ParameterizedTest
    @EnumSource
    void newItemsDoNotJoinAFailedBatch(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                rig.add("b");
                throw new Exception("no");
            });
            rig.add("a").advanceMillis(500);
            rig.add("c").advanceMillis(5_000);
            assertThat(rig.batches()).containsExactly(List.of("a"), List.of("a"), List.of("b", "c"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fullBatchesWaitBehindAFailedOne(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.fail(1).add("a", "b").runReady();
            rig.add("c", "d", "e", "f").advanceMillis(499);
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(1);
            assertThat(rig.log)
                    .containsExactly(
                            "0 SIZE 1 [a, b]",
                            "0 failed [a, b] failure 1, again in 500",
                            "500 SIZE 2 [a, b]",
                            "500 SIZE 1 [c, d]",
                            "500 SIZE 1 [e, f]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void backoffBlocksNoThread(CallStyle style) {
        List<Runnable> running = new ArrayList<>();
        try (BatcherFixture rig = new BatcherFixture(
                style,
                wrapping((executor, task) -> executor.execute(() -> {
                    running.add(task);
                    task.run();
                    running.remove(task);
                })))) {
            rig.fail(1).add("a").advanceMillis(500);
            assertThat(rig.failures).hasSize(1);
            assertThat(running).isEmpty();
            assertThat(rig.time.pendingTimers()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDelayIsOneIntervalUnlessSet(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.interval(Duration.ofMillis(70)))) {
            rig.fail(2).add("a").advanceMillis(1_000);
            assertThat(rig.log)
                    .containsExactly(
                            "70 INTERVAL 1 [a]",
                            "70 failed [a] failure 1, again in 70",
                            "140 INTERVAL 2 [a]",
                            "140 failed [a] failure 2, again in 70",
                            "210 INTERVAL 3 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDelayGrowsUpToMaxDelayAndRestartsWithTheNextBatch(CallStyle style) {
        RetryPolicy growing = RetryPolicy.builder()
                .delay(Duration.ofMillis(100))
                .multiplier(3)
                .maxDelay(Duration.ofMillis(500))
                .build();
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(growing).maxBatchSize(1))) {
            rig.fail(4).add("a").advanceMillis(2_000);
            rig.fail(1).add("b").advanceMillis(2_000);
            assertThat(rig.failures)
                    .extracting(failure -> failure.retryIn().orElseThrow().toMillis())
                    .containsExactly(100L, 300L, 500L, 500L, 100L);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("SIZE"))
                    .containsExactly(
                            "0 SIZE 1 [a]",
                            "100 SIZE 2 [a]",
                            "400 SIZE 3 [a]",
                            "900 SIZE 4 [a]",
                            "1400 SIZE 5 [a]",
                            "2000 SIZE 1 [b]",
                            "2100 SIZE 2 [b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void jitterVariesTheDelayWithinItsRange(CallStyle style) {
        RetryPolicy varied = RetryPolicy.builder()
                .delay(Duration.ofMillis(1_000))
                .jitter(0.2)
                .build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(varied))) {
            rig.fail(100).add("a").advanceMillis(200_000);
            assertThat(rig.failures)
                    .hasSize(100)
                    .allMatch(failure -> failure.retryIn().orElseThrow().toMillis() >= 800)
                    .allMatch(failure -> failure.retryIn().orElseThrow().toMillis() <= 1_200);
            Set<Optional<Duration>> delays = new HashSet<>();
            rig.failures.forEach(failure -> delays.add(failure.retryIn()));
            assertThat(delays).hasSizeGreaterThan(50);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutMaxAttemptsABatchIsRetriedUntilItSucceeds(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1_000).add("a").advanceMillis(1_001 * 500);
            assertThat(rig.failures).hasSize(1_000);
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.calls.get(1_000).attempt()).isEqualTo(1_001);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchThatFailsWhilePausedIsNotGivenUp(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                rig.batcher.pause();
                throw new Exception("no");
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).retryIn()).contains(Duration.ofMillis(500));
            rig.batcher.resume();
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void idsAreUniqueAcrossBatchesAndBatchers() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.maxBatchSize(1))) {
                rig.add("a", "b", "c").runReady();
                rig.calls.forEach(batch -> ids.add(batch.id()));
                assertThat(rig.calls).extracting(Batch::id).allMatch(id -> id.startsWith("rig-"));
            }
        }
        assertThat(ids).hasSize(30);
    }

    @Test
    void aFlushDuringBackoffRetriesOnce() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.fail(1).add("a").advanceMillis(700);
            rig.batcher.flush();
            rig.runReady().advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]", "500 failed [a] failure 1, again in 500", "700 INTERVAL 2 [a]");
            assertThat(rig.time.pendingTimers()).isZero();
        }
    }
}
