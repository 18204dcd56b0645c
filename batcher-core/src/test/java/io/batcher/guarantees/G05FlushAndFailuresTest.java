/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G5, failures: a flush fails with the cause of the first failed attempt that began after it; a failed attempt that was running is
 * followed by one more; a flush skips the retry delay, and the early retry does not count.
 */
class G05FlushAndFailuresTest {

    @ParameterizedTest
    @EnumSource
    void aFlushFailsWithTheFirstCauseAndTheItemsStay(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            Exception cause = new Exception("first");
            rig.failWith(cause).fail(1).add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed)).isSameAs(cause);
            assertThat(rig.stats().depth()).isEqualTo(1);
            rig.advanceMillis(1_000);
            assertThat(rig.log)
                    .containsExactly(
                            "0 MANUAL 1 [a]",
                            "0 failed [a] first, again in 500",
                            "500 MANUAL 2 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "1000 MANUAL 3 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFailsWithAPartialFailure(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            PartialBatchException cause = new PartialBatchException(Map.of(0, new Exception("no")));
            rig.failWith(cause).add("a", "b");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed)).isSameAs(cause);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFailsWhenTheItemsAreGivenUp(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(once))) {
            Exception cause = new Exception("no");
            rig.failWith(cause).add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed)).isSameAs(cause);
            assertThat(rig.letters).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushIgnoresFailuresOfLaterItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(1))) {
            rig.batcher.pause();
            rig.add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.add("b");
            rig.script.add(batch -> {});
            rig.fail(1);
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.failures).hasSize(1);
            assertThat(flushed).isCompleted();
        }
    }

    @Test
    void aFailedAttemptThatWasRunningIsFollowedByOneMoreAtOnce() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.failStage("old");
            assertThat(flushed).isNotDone();
            assertThat(rig.log)
                    .containsExactly("500 INTERVAL 1 [a]", "500 failed [a] old, again in 500", "500 INTERVAL 2 [a]");
            rig.failStage("new");
            assertThat(causeOf(flushed)).hasMessage("new");
            rig.advanceMillis(500).succeed();
        }
    }

    @Test
    void aFlushSucceedsIfTheAttemptAfterTheRunningOneSucceeds() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.failStage("old").succeed();
            assertThat(flushed).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushInsideAFailingAttemptIsFollowedByOneMore(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                rig.batcher.flush().thenRun(() -> rig.record("flushed"));
                throw new Exception("old");
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] old, again in 500",
                            "500 INTERVAL 2 [a]",
                            "500 flushed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushSkipsTheRetryDelay(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1).add("a").advanceMillis(600).add("b");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(flushed).isCompleted();
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "600 INTERVAL 2 [a]",
                            "600 MANUAL 1 [b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryMadeEarlyDoesNotCountTowardsMaxAttempts(CallStyle style) {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(twice))) {
            rig.fail(4).add("a").advanceMillis(600);
            rig.batcher.flush();
            rig.runReady().advanceMillis(100);
            rig.batcher.flush();
            rig.runReady().advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "600 INTERVAL 2 [a]",
                            "600 failed [a] failure 2, again in 400",
                            "700 INTERVAL 3 [a]",
                            "700 failed [a] failure 3, again in 300",
                            "1000 INTERVAL 4 [a]",
                            "1000 failed [a] failure 4, given up",
                            "1000 dead [a] failure 4, attempts 4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryThatWasDueCountsEvenIfAFlushWaits(CallStyle style) {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(twice))) {
            rig.fail(2).add("a").advanceMillis(500);
            rig.batcher.pause();
            rig.batcher.flush();
            rig.advanceMillis(500);
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.log).endsWith("1000 dead [a] failure 2, attempts 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushDuringBackoffWaitsForResumeWhilePaused(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(1).add("a").advanceMillis(500);
            rig.batcher.pause();
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.advanceMillis(5_000);
            assertThat(rig.calls).hasSize(1);
            assertThat(flushed).isNotDone();
            rig.batcher.resume();
            rig.runReady();
            assertThat(flushed).isCompleted();
        }
    }
}
