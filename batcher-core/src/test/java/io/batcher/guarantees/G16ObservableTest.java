/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G16: {@link BatcherStats} is a consistent snapshot; {@link BatcherListener} receives batches, failures, drops and dead letters and
 * is not called per item; counters are up to date before any future completes.
 */
class G16ObservableTest {

    /** Records the events that it receives. */
    private static final class Ears implements BatcherListener {
        private final List<String> heard = new ArrayList<>();

        @Override
        public void onBatchStarted(String batcher, Batch<?> batch) {
            heard.add("started " + batcher + " " + batch + " " + batch.attempt());
        }

        @Override
        public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
            heard.add("handled " + batcher + " " + batch + " " + took.toMillis());
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            heard.add("failed " + failure.batcher() + " " + failure.batch() + " " + took.toMillis());
        }

        @Override
        public void onDropped(String batcher, int items) {
            heard.add("dropped " + batcher + " " + items);
        }

        @Override
        public void onDeadLetter(DeadLetter<?> letter) {
            heard.add("dead " + letter.batcher() + " " + letter.items());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theListenerReceivesBatchesFailuresDropsAndDeadLetters(CallStyle style) {
        Ears ears = new Ears();
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (BatcherFixture rig = new BatcherFixture(
                style,
                builder -> builder.retry(twice)
                        .capacity(2)
                        .overflow(Overflow.DROP_NEWEST)
                        .listener(ears))) {
            rig.script.add(batch -> rig.advanceMillis(30));
            rig.script.add(batch -> {
                rig.advanceMillis(40);
                throw new Exception("no");
            });
            rig.fail(1);
            rig.add("a").advanceMillis(500).add("b", "c").runReady();
            rig.batcher.addMany(List.of("d", "e"));
            rig.advanceMillis(500);
            assertThat(ears.heard)
                    .containsExactly(
                            "started rig [a] 1",
                            "handled rig [a] 30",
                            "started rig [b, c] 1",
                            "failed rig [b, c] 40",
                            "dropped rig 2",
                            "started rig [b, c] 2",
                            "failed rig [b, c] 0",
                            "dead rig [b, c]");
        }
    }

    @Test
    void theListenerIsNotCalledPerItem() {
        Ears ears = new Ears();
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.maxBatchSize(1_000).listener(ears))) {
            for (int i = 0; i < 999; i++) {
                rig.add("x");
            }
            assertThat(ears.heard).isEmpty();
            rig.add("x").runReady();
            assertThat(ears.heard).hasSize(2);
        }
    }

    @Test
    void listenersAreCalledInTheOrderInWhichTheyWereAdded() {
        List<String> order = new ArrayList<>();
        BatcherListener first = new BatcherListener() {
            @Override
            public void onBatchStarted(String batcher, Batch<?> batch) {
                order.add("first");
            }
        };
        BatcherListener second = new BatcherListener() {
            @Override
            public void onBatchStarted(String batcher, Batch<?> batch) {
                order.add("second");
            }
        };
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.listener(first).listener(second))) {
            rig.add("a").advanceMillis(500);
            assertThat(order).containsExactly("first", "second");
        }
    }

    /** Compares a snapshot: the state, the age of the oldest item, then the numbers in the order of {@link BatcherStats}. */
    private static void assertStats(BatcherFixture rig, BatcherState state, Duration oldestAge, long... numbers) {
        BatcherStats stats = rig.stats();
        assertThat(stats.state()).isEqualTo(state);
        assertThat(stats.oldestAge()).isEqualTo(oldestAge);
        assertThat(new long[] {
                    stats.depth(),
                    stats.inFlight(),
                    stats.capacity(),
                    stats.accepted(),
                    stats.handled(),
                    stats.failedAttempts(),
                    stats.rejected(),
                    stats.dropped(),
                    stats.deadLettered(),
                    stats.handedBack(),
                    stats.batches(),
                    stats.consecutiveFailures()
                })
                .containsExactly(numbers);
    }

    @Test
    void theCountersOfANewBatcherAreZero() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertStats(rig, BatcherState.RUNNING, Duration.ZERO, 0, 0, 100_000, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void everyNumberOfTheSnapshotIsCorrect() {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        BatcherFixture rig = BatcherFixture.byHand(
                builder -> builder.retry(twice).maxBatchSize(2).capacity(5));
        rig.add("a", "b", "c").runReady();
        rig.advanceMillis(70);
        assertStats(rig, BatcherState.RUNNING, Duration.ofMillis(70), 3, 2, 5, 3, 0, 0, 0, 0, 0, 0, 0, 0);

        rig.failStage("no");
        assertStats(rig, BatcherState.RUNNING, Duration.ofMillis(70), 3, 0, 5, 3, 0, 1, 0, 0, 0, 0, 1, 1);

        rig.advanceMillis(500).failStage("no"); // a and b are given up, then c is delivered
        assertStats(rig, BatcherState.RUNNING, Duration.ofMillis(570), 1, 1, 5, 3, 0, 2, 0, 0, 2, 0, 2, 2);

        rig.succeed();
        rig.batcher.pause();
        rig.add("d", "e", "f", "g", "h");
        rig.batcher.offer("refused");
        rig.advanceMillis(30);
        assertStats(rig, BatcherState.PAUSED, Duration.ofMillis(30), 5, 0, 5, 8, 1, 2, 1, 0, 2, 0, 3, 0);
        rig.batcher.close(Duration.ZERO);
        assertStats(rig, BatcherState.CLOSED, Duration.ZERO, 0, 0, 5, 8, 1, 2, 1, 0, 2, 5, 3, 0);
    }

    @ParameterizedTest
    @EnumSource
    void theOldestAgeIncludesWaitingFailedAndInFlightItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.advanceMillis(100).add("a").advanceMillis(200).add("b");
            assertThat(rig.stats().oldestAge()).isEqualTo(Duration.ofMillis(200));
            rig.script.add(batch -> {
                assertThat(rig.stats().oldestAge()).isEqualTo(Duration.ofMillis(500));
                rig.add("c");
                throw new Exception("no");
            });
            rig.advanceMillis(300).advanceMillis(250);
            assertThat(rig.failures).hasSize(1);
            assertThat(rig.failures.get(0).cause()).hasMessage("no");
            assertThat(rig.stats().oldestAge()).isEqualTo(Duration.ofMillis(750));
            rig.advanceMillis(5_000);
            assertThat(rig.stats().oldestAge()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void consecutiveFailuresAreCountedUntilASuccess(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(3).add("a").advanceMillis(1_500);
            assertThat(rig.stats().consecutiveFailures()).isEqualTo(3);
            rig.advanceMillis(500);
            assertThat(rig.stats().consecutiveFailures()).isZero();
            assertThat(rig.stats().failedAttempts()).isEqualTo(3);
            assertThat(rig.stats().batches()).isEqualTo(4);
        }
    }

    @Test
    void theStateFollowsTheSwitches() {
        BatcherFixture rig = BatcherFixture.byHand();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
        rig.batcher.stopAutoFlush();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
        rig.batcher.drain();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.DRAINING);
        rig.batcher.pause();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.PAUSED);
        rig.batcher.resume();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.DRAINING);
        rig.batcher.startAutoFlush();
        assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
        rig.add("a").advanceMillis(500);
        List<BatcherState> whileClosing = new ArrayList<>();
        rig.time.schedule(() -> whileClosing.add(rig.stats().state()), Duration.ofMillis(100));
        rig.batcher.close(Duration.ofSeconds(1));
        assertThat(whileClosing).containsExactly(BatcherState.DRAINING);
        assertThat(rig.stats().state()).isEqualTo(BatcherState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource
    void countersAreUpToDateBeforeTheFutureOfASubmitCompletes(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(once).maxBatchSize(3))) {
            List<String> seen = new ArrayList<>();
            rig.failWith(new PartialBatchException(Map.of(1, new Exception("no"))));
            CompletableFuture<Void> good = rig.batcher.submit("a");
            CompletableFuture<Void> bad = rig.batcher.submit("b");
            good.thenRun(() -> seen.add("handled " + rig.stats().handled()));
            bad.whenComplete((value, failure) -> seen.add("dead " + rig.stats().deadLettered() + ", depth "
                    + rig.stats().depth()));
            rig.batcher
                    .submit("c")
                    .thenRun(() -> seen.add("batches " + rig.stats().batches()));
            rig.runReady();
            assertThat(seen).containsExactly("handled 2", "batches 1", "dead 1, depth 0");
        }
    }

    @Test
    void theFutureOfARejectedSubmitCompletesAfterTheCount() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(1))) {
            rig.add("a");
            assertThat(rig.batcher.submit("b")).isCompletedExceptionally();
            assertThat(rig.stats().rejected()).isEqualTo(1);
        }
    }
}
