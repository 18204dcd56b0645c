/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherListener;
import io.batcher.BatcherState;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flush, drain, pause and close of a batcher with a store, in one process and in several. */
class StoredFlushTest {

    private static final UnaryOperator<BatcherBuilder<String>> KEYED =
            builder -> builder.key(item -> item).partitions(8).concurrency(2);

    private final StoredFixture rig = new StoredFixture();

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aFlushDeliversAtOnceAndCompletesWhenWhatWasStoredIsSettled(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style, KEYED)) {
            process.batcher.addMany(List.of("a", "b", "c", "d"));
            CompletableFuture<Void> flush = process.batcher.flush();
            assertThat(flush).isNotDone();
            process.batcher.add("later");
            rig.runReady();
            assertThat(rig.handled).contains("a", "b", "c", "d");
            assertThat(flush).isCompleted();
        }
    }

    @Test
    void aFlushOfAnEmptyStoreCompletesAtOnce() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            assertThat(process.batcher.flush()).isCompleted();
        }
    }

    @Test
    void aFlushWaitsForWhatOtherProcessesOwn() {
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC, KEYED);
                StoredFixture.Process second = rig.startByHand(KEYED)) {
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            first.batcher.addMany(List.of("a", "b", "c", "d", "e", "f", "g", "h"));
            CompletableFuture<Void> flush = first.batcher.flush();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            assertThat(rig.stages).isNotEmpty();
            assertThat(flush).isNotDone();
            while (!rig.stages.isEmpty()) {
                rig.stages.remove().complete(null);
                rig.advance(StoredFixture.POLL);
            }
            assertThat(flush).isCompleted();
            assertThat(rig.database.size()).isZero();
        }
    }

    @Test
    void manyFlushesCompleteInOrder() {
        try (StoredFixture.Process process = rig.startByHand(builder -> builder.maxBatchSize(1))) {
            process.batcher.add("a");
            CompletableFuture<Void> first = process.batcher.flush();
            process.batcher.add("b");
            CompletableFuture<Void> second = process.batcher.flush();
            rig.runReady();
            rig.stages.remove().complete(null);
            rig.advance(Duration.ofSeconds(1));
            assertThat(first).isCompleted();
            assertThat(second).isNotDone();
            rig.stages.remove().complete(null);
            rig.runReady();
            assertThat(second).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aFlushFailsWithTheFirstFailureAndSkipsTheDelay(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style)) {
            rig.fail(2);
            process.batcher.add("a");
            rig.advanceMillis(500);
            CompletableFuture<Void> flush = process.batcher.flush();
            rig.runReady();
            assertThat(rig.calls).hasSize(2);
            assertThatThrownBy(flush::join).hasRootCauseMessage("failure");
            CompletableFuture<Void> next = process.batcher.flush();
            rig.runReady();
            assertThat(next).isCompleted();
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void drainDeliversEveryLaterItemAtOnce() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            process.batcher.add("a");
            CompletableFuture<Void> drain = process.batcher.drain();
            rig.runReady();
            assertThat(drain).isCompleted();
            process.batcher.add("b");
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void aPausedProcessGivesItsPartitionsToOthersAndTakesItemsAllTheSame() {
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC, KEYED);
                StoredFixture.Process second = rig.start(CallStyle.SYNC, KEYED)) {
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            first.batcher.pause();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            assertThat(first.batcher.stats().state()).isEqualTo(BatcherState.PAUSED);
            assertThat(first.batcher.stats().lanes()).isZero();
            assertThat(second.batcher.stats().lanes()).isEqualTo(8);
            first.batcher.addMany(List.of("a", "b", "c"));
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            assertThat(rig.handled).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(second.batcher.stats().handled()).isEqualTo(3);
            first.batcher.resume();
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            assertThat(first.batcher.stats().lanes()).isEqualTo(4);
        }
    }

    @Test
    void aPauseThatTheStoreCannotCarryOutIsCarriedOutLater() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            rig.database.faults().failAt(1, false);
            process.batcher.pause();
            process.batcher.add("a");
            rig.advance(Duration.ofSeconds(2));
            assertThat(process.batcher.stats().lanes()).isZero();
            assertThat(rig.handled).isEmpty();
            process.batcher.resume();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void aSubmittedItemThatAnotherProcessHandlesCompletesAtTheNextPoll() {
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC);
                StoredFixture.Process second = rig.start(CallStyle.SYNC)) {
            first.batcher.pause();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            CompletableFuture<Void> future = first.batcher.submit("a");
            assertThat(future).isNotDone();
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            assertThat(second.batcher.stats().handled()).isEqualTo(1);
            assertThat(future).isCompleted();
        }
    }

    @Test
    void manySubmittedItemsThatAnotherProcessHandlesCompleteAtOnePoll() {
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC);
                StoredFixture.Process second = rig.start(CallStyle.SYNC)) {
            first.batcher.pause();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            List<CompletableFuture<Void>> futures = IntStream.range(0, 5_500)
                    .mapToObj(i -> first.batcher.submit("i" + i))
                    .toList();
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            assertThat(second.batcher.stats().handled()).isEqualTo(5_500);
            assertThat(futures).allMatch(CompletableFuture::isDone);
        }
    }

    /** Monitoring asks once a minute: it must not see the count of the minute before. */
    @Test
    void whatAnotherProcessHasHandledIsSeenAtTheNextLook() {
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC);
                StoredFixture.Process second = rig.startByHand(builder -> builder)) {
            first.batcher.pause();
            rig.advance(StoredFixture.POLL.multipliedBy(2));
            first.batcher.add("a");
            rig.advance(StoredFixture.POLL);
            assertThat(first.batcher.stats().depth()).isEqualTo(1);
            rig.advance(Duration.ofSeconds(5));
            rig.stages.remove().complete(null);
            rig.advance(Duration.ofSeconds(55));
            assertThat(second.batcher.stats().handled()).isEqualTo(1);
            assertThat(first.batcher.stats().depth()).isZero();
            assertThat(first.batcher.stats().oldestAge()).isZero();
        }
    }

    @Test
    void closeFinishesTheBatchInHandAndLeavesTheRestStored() {
        StoredFixture.Process process = rig.startByHand(builder -> builder.maxBatchSize(2));
        process.batcher.addMany(List.of("a", "b", "c", "d", "e"));
        CompletableFuture<Void> future = process.batcher.submit("f");
        rig.runReady();
        rig.time.schedule(() -> rig.stages.remove().complete(null), Duration.ofMillis(300));
        assertThat(process.batcher.close(Duration.ofSeconds(5))).satisfies(result -> {
            assertThat(result.timedOut()).isFalse();
            assertThat(result.undelivered()).isEmpty();
        });
        assertThat(rig.handled).containsExactly("a", "b");
        assertThat(rig.calls).hasSize(1);
        assertThat(rig.database.size()).isEqualTo(4);
        assertThatThrownBy(future::join).hasCauseInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> process.batcher.add("g")).isInstanceOf(BatcherClosedException.class);
        assertThat(process.batcher.stats().handedBack()).isZero();
    }

    @Test
    void aCallOfCloseThatEndsEarlierTakesNothingFromTheOneThatWaits() {
        StoredFixture.Process process = rig.startByHand(builder -> builder);
        process.batcher.add("a");
        rig.advanceMillis(500);
        rig.time.schedule(
                () -> assertThat(CompletableFuture.supplyAsync(() -> process.batcher.close(Duration.ZERO))
                                .join()
                                .timedOut())
                        .isTrue(),
                Duration.ofMillis(100));
        rig.time.schedule(() -> rig.stages.remove().complete(null), Duration.ofMillis(200));
        assertThat(process.batcher.close(Duration.ofSeconds(5)).timedOut()).isFalse();
        assertThat(rig.database.size()).isZero();
        assertThat(process.batcher.stats().handled()).isEqualTo(1);
        assertThat(process.batcher.stats().fenced()).isZero();
    }

    @Test
    void aTimeoutOfCloseThatIsRejectedChangesNothing() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            assertThatThrownBy(() -> process.batcher.close(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> process.batcher.close(null)).isInstanceOf(NullPointerException.class);
            process.batcher.add("a");
            rig.advance(StoredFixture.POLL);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void theFutureOfAnItemThatIsStoredWhenCloseHasEndedFails() {
        AtomicReference<Runnable> stored = new AtomicReference<>(() -> {});
        BatcherListener listener = new BatcherListener() {
            @Override
            public void onStored(String batcher, int items, Duration took) {
                stored.get().run();
            }
        };
        StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.listener(listener));
        stored.set(() -> CompletableFuture.runAsync(() -> process.batcher.close(Duration.ZERO))
                .join());
        CompletableFuture<Void> future = process.batcher.submit("a");
        assertThat(future).isCompletedExceptionally();
        assertThatThrownBy(future::join).hasCauseInstanceOf(BatcherClosedException.class);
        assertThat(rig.database.size()).isEqualTo(1);
    }

    @Test
    void closeKeepsToItsTimeoutAndFencesWhatComesLater() {
        StoredFixture.Process process = rig.startByHand(builder -> builder);
        process.batcher.add("a");
        rig.advanceMillis(500);
        assertThat(process.batcher.close(Duration.ofSeconds(1)).timedOut()).isTrue();
        rig.stages.remove().complete(null);
        rig.runReady();
        assertThat(rig.database.size()).isEqualTo(1);
        rig.start(CallStyle.SYNC);
        rig.advance(StoredFixture.POLL.multipliedBy(2));
        assertThat(rig.lastCall().attempt()).isEqualTo(2);
    }
}
