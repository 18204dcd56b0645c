/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherStats;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G5, coverage: a flush covers every item accepted before the call and does not wait for later ones. */
class G05HonestFlushTest {

    @ParameterizedTest
    @EnumSource
    void aFlushDeliversWaitingItemsAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a", "b");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            assertThat(flushed).isNotDone();
            rig.runReady();
            assertThat(rig.log).containsExactly("0 MANUAL 1 [a, b]");
            assertThat(flushed).isCompletedWithValue(null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushCoversItemsOfSeveralBatches(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.batcher.pause();
            rig.add("a", "b", "c", "d", "e");
            rig.batcher.flush().thenRun(() -> rig.record("flushed"));
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]", "0 SIZE 1 [c, d]", "0 MANUAL 1 [e]", "0 flushed");
        }
    }

    @Test
    void aFlushDoesNotWaitForLaterItems() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady().add("b").advanceMillis(5_000);
            assertThat(flushed).isNotDone();
            rig.succeed();
            assertThat(flushed).isCompleted();
            assertThat(rig.log).containsExactly("0 MANUAL 1 [a]", "5000 INTERVAL 1 [b]");
            rig.succeed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushDoesNotDeliverItemsAddedByTheHandler(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> rig.add("b"));
            rig.add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(flushed).isCompleted();
            assertThat(rig.log).containsExactly("0 MANUAL 1 [a]");
            rig.advanceMillis(500);
            assertThat(rig.log).containsExactly("0 MANUAL 1 [a]", "500 INTERVAL 1 [b]");
        }
    }

    @Test
    void aFlushCoversItemsInFlight() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.advanceMillis(1_000);
            assertThat(flushed).isNotDone();
            rig.succeed();
            assertThat(flushed).isCompleted();
            assertThat(rig.calls).hasSize(1);
        }
    }

    @Test
    void aFlushOfAnEmptyBatcherCompletesAtOnceWithoutATimer() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertThat(rig.batcher.flush()).isCompleted();
            rig.add("a").advanceMillis(500);
            assertThat(rig.batcher.flush()).isCompleted();
            assertThat(rig.time.pendingTimers()).isZero();
            assertThat(rig.calls).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void concurrentFlushesShareOneBatch(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a");
            List<CompletableFuture<Void>> flushes = new ArrayList<>();
            Stream.generate(rig.batcher::flush).limit(1_000).forEach(flushes::add);
            rig.runReady();
            assertThat(rig.log).containsExactly("0 MANUAL 1 [a]");
            assertThat(flushes).allMatch(Futures::hasSucceeded);
        }
    }

    @Test
    void cancellingOneFutureDoesNotAffectOthers() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.add("a");
            CompletableFuture<Void> first = rig.batcher.flush();
            CompletableFuture<Void> second = rig.batcher.flush();
            first.cancel(true);
            rig.runReady();
            assertThat(second).isCompleted();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushWhilePausedWaitsForResume(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a");
            rig.batcher.pause();
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.advanceMillis(60_000);
            assertThat(flushed).isNotDone();
            assertThat(rig.calls).isEmpty();
            rig.batcher.resume();
            rig.runReady();
            assertThat(flushed).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushWhilePausedIsCompletedByClose(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style);
        rig.add("a");
        rig.batcher.pause();
        CompletableFuture<Void> flushed = rig.batcher.flush();
        rig.close();
        assertThat(flushed).isCompleted();
        assertThat(rig.log).containsExactly("0 CLOSE 1 [a]");
    }

    @Test
    void aFlushOfAnEmptyPausedBatcherCompletesAtOnce() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.batcher.pause();
            assertThat(rig.batcher.flush()).isCompleted();
        }
    }

    @Test
    void aFlushWithoutAHandlerFailsAndTheItemsStay() {
        try (BatcherFixture rig = BatcherFixture.bare(builder -> builder)) {
            assertThat(rig.batcher.flush()).isCompletedExceptionally();
            rig.add("a");
            assertThat(rig.batcher.flush())
                    .failsWithin(java.time.Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(IllegalStateException.class)
                    .withMessage("batcher \"rig\" has no handler to flush to; register one. The items stay.");
            assertThat(rig.stats().depth()).isEqualTo(1);

            rig.batcher.registerHandler(rig::handle);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void droppedItemsAreSettled(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.capacity(2).overflow(Overflow.DROP_OLDEST))) {
            rig.batcher.pause();
            rig.add("a", "b");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.add("c");
            assertThat(flushed).isNotDone();
            rig.add("d");
            assertThat(flushed).isCompleted();
            assertThat(rig.calls).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCountersAreUpToDateBeforeTheFutureCompletes(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a", "b");
            List<BatcherStats> seen = new ArrayList<>();
            rig.batcher.flush().thenRun(() -> seen.add(rig.stats()));
            rig.runReady();
            assertThat(seen).hasSize(1);
            assertThat(seen.get(0).handled()).isEqualTo(2);
            assertThat(seen.get(0).batches()).isEqualTo(1);
            assertThat(seen.get(0).depth()).isZero();
            assertThat(seen.get(0).inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushWorksWithoutAutoFlush(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.autoFlush(false))) {
            rig.add("a");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(flushed).isCompleted();
        }
    }
}
