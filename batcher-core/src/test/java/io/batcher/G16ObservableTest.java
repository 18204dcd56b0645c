/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G16: {@link BatcherStats} is a consistent snapshot; {@link BatcherListener} hears of batches, failures, drops and dead letters; per
 * item nothing is called; counters are up to date before any future completes.
 */
class G16ObservableTest {

    /** Writes down what it hears. */
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
    void theListenerHearsOfBatchesFailuresDropsAndDeadLetters(HandlerKind kind) {
        Ears ears = new Ears();
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (Rig rig = new Rig(
                kind,
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
    void perItemNothingIsCalled() {
        Ears ears = new Ears();
        try (Rig rig =
                new Rig(HandlerKind.SYNC, builder -> builder.maxBatchSize(1_000).listener(ears))) {
            for (int i = 0; i < 999; i++) {
                rig.add("x");
            }
            assertThat(ears.heard).isEmpty();
            rig.add("x").runReady();
            assertThat(ears.heard).hasSize(2);
        }
    }

    @Test
    void severalListenersHearInTheOrderInWhichTheyWereAdded() {
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
        try (Rig rig =
                new Rig(HandlerKind.SYNC, builder -> builder.listener(first).listener(second))) {
            rig.add("a").advanceMillis(500);
            assertThat(order).containsExactly("first", "second");
        }
    }

    @Test
    void aFreshBatcherHasCountedNothing() {
        try (Rig rig = new Rig(HandlerKind.SYNC)) {
            assertThat(rig.stats())
                    .isEqualTo(BatcherStats.builder().capacity(100_000).build());
        }
    }

    @Test
    void everyNumberOfTheSnapshotIsRight() {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        Rig rig = Rig.byHand(builder -> builder.retry(twice).maxBatchSize(2).capacity(5));
        rig.add("a", "b", "c").runReady();
        rig.advanceMillis(70);
        assertThat(rig.stats())
                .isEqualTo(BatcherStats.builder()
                        .depth(3)
                        .inFlight(2)
                        .capacity(5)
                        .accepted(3)
                        .oldestAge(Duration.ofMillis(70))
                        .build());

        rig.failStage("no");
        assertThat(rig.stats())
                .isEqualTo(BatcherStats.builder()
                        .depth(3)
                        .capacity(5)
                        .accepted(3)
                        .failedAttempts(1)
                        .batches(1)
                        .consecutiveFailures(1)
                        .oldestAge(Duration.ofMillis(70))
                        .build());

        rig.advanceMillis(500).failStage("no"); // a and b are given up, then c goes
        assertThat(rig.stats())
                .isEqualTo(BatcherStats.builder()
                        .depth(1)
                        .inFlight(1)
                        .capacity(5)
                        .accepted(3)
                        .failedAttempts(2)
                        .deadLettered(2)
                        .batches(2)
                        .consecutiveFailures(2)
                        .oldestAge(Duration.ofMillis(570))
                        .build());

        rig.succeed();
        rig.batcher.pause();
        rig.add("d", "e", "f", "g", "h");
        rig.batcher.offer("refused");
        rig.advanceMillis(30);
        assertThat(rig.stats())
                .isEqualTo(BatcherStats.builder()
                        .state(BatcherState.PAUSED)
                        .depth(5)
                        .capacity(5)
                        .accepted(8)
                        .handled(1)
                        .failedAttempts(2)
                        .rejected(1)
                        .deadLettered(2)
                        .batches(3)
                        .oldestAge(Duration.ofMillis(30))
                        .build());
        rig.batcher.close(Duration.ZERO);
        assertThat(rig.stats())
                .isEqualTo(BatcherStats.builder()
                        .state(BatcherState.CLOSED)
                        .capacity(5)
                        .accepted(8)
                        .handled(1)
                        .failedAttempts(2)
                        .rejected(1)
                        .deadLettered(2)
                        .handedBack(5)
                        .batches(3)
                        .build());
    }

    @ParameterizedTest
    @EnumSource
    void theOldestAgeIsThatOfTheOldestItemWhereverItIs(HandlerKind kind) {
        try (Rig rig = new Rig(kind)) {
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
    void failuresInARowAreCountedUntilASuccess(HandlerKind kind) {
        try (Rig rig = new Rig(kind)) {
            rig.fail(3).add("a").advanceMillis(1_500);
            assertThat(rig.stats().consecutiveFailures()).isEqualTo(3);
            rig.advanceMillis(500);
            assertThat(rig.stats().consecutiveFailures()).isZero();
            assertThat(rig.stats().failedAttempts()).isEqualTo(3);
            assertThat(rig.stats().batches()).isEqualTo(4);
        }
    }

    @Test
    void theStateSaysWhatTheBatcherDoes() {
        Rig rig = Rig.byHand();
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
    void countersAreUpToDateBeforeTheFutureOfASubmitCompletes(HandlerKind kind) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        try (Rig rig = new Rig(kind, builder -> builder.retry(once).maxBatchSize(3))) {
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
    void theFutureOfARefusedSubmitCompletesAfterTheCount() {
        try (Rig rig = new Rig(HandlerKind.SYNC, builder -> builder.capacity(1))) {
            rig.add("a");
            assertThat(rig.batcher.submit("b")).isCompletedExceptionally();
            assertThat(rig.stats().rejected()).isEqualTo(1);
        }
    }
}
