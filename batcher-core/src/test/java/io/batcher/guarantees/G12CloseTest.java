/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G12, what close delivers and hands back: it skips backoff and pause and gives each batch one last attempt; the first failure ends
 * the drain; items are handed back once, in order.
 */
class G12CloseTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @EnumSource
    void closeDeliversWaitingItemsAtOnce(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2));
        rig.batcher.pause();
        rig.add("a", "b", "c");
        CloseResult<String> result = rig.batcher.close(SECOND);
        assertThat(result.undelivered()).isEmpty();
        assertThat(result.timedOut()).isFalse();
        assertThat(rig.log).containsExactly("0 CLOSE 1 [a, b]", "0 CLOSE 1 [c]");
        assertThat(rig.stats().state()).isEqualTo(BatcherState.CLOSED);
        assertThat(rig.time.pendingTimers()).isZero();
    }

    @Test
    void closeOfAnIdleBatcherReturnsAtOnce() {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
        CloseResult<String> result = rig.batcher.close(SECOND);
        assertThat(result).isEqualTo(new CloseResult<>(List.of(), false));
        assertThat(rig.millis()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void closeSkipsABackoff(CallStyle style) {
        RetryPolicy slow = RetryPolicy.builder().delay(Duration.ofSeconds(30)).build();
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(slow));
        rig.fail(1).add("a").advanceMillis(500).add("b");
        rig.close();
        assertThat(rig.log)
                .containsExactly(
                        "500 INTERVAL 1 [a]",
                        "500 failed [a] failure 1, again in 30000",
                        "500 INTERVAL 2 [a]",
                        "500 CLOSE 1 [b]");
    }

    @ParameterizedTest
    @EnumSource
    void theFirstFailureEndsTheDrainAndTheRestIsHandedBackInOrder(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2));
        rig.batcher.pause();
        rig.add("a", "b", "c", "d", "e");
        rig.script.add(batch -> {});
        rig.fail(1);
        CloseResult<String> result = rig.batcher.close(SECOND);
        assertThat(result.undelivered()).containsExactly("c", "d", "e");
        assertThat(result.timedOut()).isFalse();
        assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("c", "d"));
        assertThat(rig.stats().handedBack()).isEqualTo(3);
        assertThat(rig.millis()).isZero();
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void aFailedBatchGetsOneLastAttemptAndIsHandedBackBeforeLaterItems(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style);
        rig.fail(2).add("a", "b").advanceMillis(500).add("c");
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a", "b", "c");
        assertThat(rig.calls).hasSize(2);
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void theFailedItemsOfAPartlyFailedLastAttemptAreHandedBack(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(3));
        rig.batcher.pause();
        rig.failWith(new PartialBatchException(Map.of(1, new Exception("no"))));
        rig.add("a", "b", "c", "d");
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("b", "d");
        assertThat(rig.stats().handled()).isEqualTo(2);
        rig.close();
    }

    @Test
    void aFailedAttemptThatWasRunningIsFollowedByALastOne() {
        BatcherFixture rig = BatcherFixture.byHand();
        rig.add("a").advanceMillis(500);
        rig.add("b");
        rig.time.schedule(() -> rig.failStage("old"), Duration.ofMillis(100));
        rig.time.schedule(rig::succeed, Duration.ofMillis(200));
        rig.time.schedule(rig::succeed, Duration.ofMillis(300));
        assertThat(rig.batcher.close(SECOND).undelivered()).isEmpty();
        assertThat(rig.log)
                .filteredOn(line -> !line.contains("failed"))
                .containsExactly("500 INTERVAL 1 [a]", "600 INTERVAL 2 [a]", "700 CLOSE 1 [b]");
        assertThat(rig.millis()).isEqualTo(800);
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void aLastAttemptThatReachesMaxAttemptsGivesUp(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(once).maxBatchSize(1));
        rig.batcher.pause();
        rig.fail(1).add("a", "b");
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("b");
        assertThat(rig.letters).hasSize(1);
        assertThat(rig.letters.get(0).items()).containsExactly("a");
        assertThat(rig.stats().deadLettered()).isEqualTo(1);
        rig.close();
    }

    @Test
    void aFailedDeadLetterIsOfferedOnceMoreThenHandedBack() {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        int[] offers = new int[1];
        try (CapturedLog quiet = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.retry(once).onDeadLetter(letter -> {
                        offers[0]++;
                        throw new IllegalStateException("full");
                    }));
            rig.fail(1).add("a").advanceMillis(500).add("b");
            assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a", "b");
            assertThat(offers[0]).isEqualTo(2);
            assertThat(rig.stats().handedBack()).isEqualTo(2);
            assertThat(rig.stats().deadLettered()).isZero();
            rig.close();
        }
    }

    @Test
    void withoutAHandlerAllItemsAreHandedBackAtOnce() {
        BatcherFixture rig = BatcherFixture.bare(builder -> builder);
        rig.add("a", "b");
        assertThat(rig.batcher.close(SECOND)).isEqualTo(new CloseResult<>(List.of("a", "b"), false));
        assertThat(rig.millis()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void futuresOfItemsHandedBackAndOfFlushesFail(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(1));
        rig.batcher.pause();
        CompletableFuture<Void> delivered = rig.batcher.submit("a");
        CompletableFuture<Void> failed = rig.batcher.submit("b");
        CompletableFuture<Void> waiting = rig.batcher.submit("c");
        CompletableFuture<Void> flushed = rig.batcher.flush();
        List<BatcherStats> seen = new ArrayList<>();
        waiting.whenComplete((value, failure) -> seen.add(rig.stats()));
        rig.script.add(batch -> {});
        rig.fail(1).batcher.close(SECOND);
        assertThat(delivered).isCompleted();
        assertThat(causeOf(failed)).isInstanceOf(BatcherClosedException.class);
        assertThat(causeOf(waiting)).isInstanceOf(BatcherClosedException.class);
        assertThat(flushed).isCompletedExceptionally();
        assertThat(seen.get(0).handedBack()).isEqualTo(2);
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeInADependentOfAFailedFutureThrows(boolean flush) {
        BatcherFixture rig = BatcherFixture.bare(builder -> builder.handler(batch -> {}));
        rig.batcher.pause();
        CompletableFuture<Void> future = rig.batcher.submit("a");
        future = flush ? rig.batcher.flush() : future;
        CompletableFuture<Void> closedAgain = future.handle((value, failure) -> {
            rig.batcher.close();
            return null;
        });
        rig.batcher.resume();
        rig.batcher.close(Duration.ZERO);
        assertThat(rig.millis()).isZero();
        assertThat(causeOf(closedAgain)).hasMessageContaining("from inside its own handler");
    }
}
