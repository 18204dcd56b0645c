/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Futures;
import io.batcher.fixtures.Keys;
import io.batcher.fixtures.Plain;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G5 with a key: a flush covers what all lanes had accepted, and fails with the first failure of any; the others are attempted all the same. */
class KeyedFlushTest {

    private static UnaryOperator<BatcherBuilder<String>> perKey(int concurrency) {
        return builder ->
                builder.key(Keys.FIRST_LETTER).concurrency(concurrency).batchPerKey(true);
    }

    @ParameterizedTest
    @EnumSource
    void aFlushIsThroughWhenAllLanesHaveSettledWhatTheyHad(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.add("a1", "b1", "a2");
            CompletableFuture<Void> flush = it.batcher.flush();
            it.runReady();
            assertThat(flush).isCompleted();
            assertThat(it.log).containsExactly("0 MANUAL 1 [a1, a2]", "0 MANUAL 1 [b1]");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noLaterItemHasToBeWaitedFor(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(2);
        String a = keys.get(0);
        String b = keys.get(1);
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).batchPerKey(batchPerKey))) {
            it.add(a + 1);
            CompletableFuture<Void> flush = it.batcher.flush();
            it.runReady().add(a + 2, b + 1).runReady();
            assertThat(flush).isNotDone();
            it.succeed();
            assertThat(flush).isCompleted();
            assertThat(it.stats().depth()).isEqualTo(2);
            CompletableFuture<Void> second = it.batcher.flush();
            it.runReady().add(b + 2);
            while (!it.stages.isEmpty() && !second.isDone()) {
                it.succeed();
            }
            assertThat(second).isCompleted();
            assertThat(it.handled).contains(a + 2, b + 1);
            it.advanceMillis(500);
            while (!it.stages.isEmpty()) {
                it.succeed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void itFailsWithTheFirstFailureAndTheOtherLanesAreAttemptedAllTheSame(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, builder -> perKey(1).apply(builder).maxBatchSize(2))) {
            it.script.add(batch -> {}); // the full batch was due first
            it.fail(1);
            it.batcher.pause();
            it.add("a1", "b1", "c1", "c2", "c3");
            CompletableFuture<Void> flush = it.batcher.flush();
            it.batcher.resume();
            it.runReady();
            assertThat(flush).isCompletedExceptionally();
            assertThat(it.log)
                    .containsExactly(
                            "0 SIZE 1 [c1, c2]",
                            "0 MANUAL 1 [a1]",
                            "0 failed [a1] failure 1, again in 500",
                            "0 MANUAL 1 [b1]",
                            "0 MANUAL 1 [c3]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itSkipsTheRetryDelayOfAllLanesOnce(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.fail(4);
            it.add("a1", "b1").advanceMillis(500);
            assertThat(it.handled).isEmpty();
            CompletableFuture<Void> flush = it.batcher.flush();
            it.runReady();
            assertThat(flush).isCompletedExceptionally();
            assertThat(it.log).filteredOn(event -> event.startsWith("500 ")).hasSize(8);
            it.advanceMillis(499);
            assertThat(it.handled).as("no attempt before its time").isEmpty();
            it.advanceMillis(1);
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1");
        }
    }

    /** The second flush comes during an attempt that began after the first one: it is followed by one more, without the delay. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlushDuringAnAttemptIsFollowedByOneMoreAlsoBehindAnotherFlush(boolean batchPerKey) {
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).batchPerKey(batchPerKey))) {
            it.add("a1");
            CompletableFuture<Void> first = it.batcher.flush();
            it.runReady();
            CompletableFuture<Void> second = it.batcher.flush();
            it.failStage("no");
            assertThat(first).isCompletedExceptionally();
            assertThat(second).isNotDone();
            assertThat(it.calls).as("attempts at once").hasSize(2);
            it.succeed();
            assertThat(second).isCompleted();
        }
    }

    /** A flush from a callback skips no delay. While it is pending, one from outside does, although an earlier one has done so before. */
    @Test
    void aFlushSkipsTheDelayOfWhatHasFailedSinceAnEarlierOne() {
        List<BatcherFixture> fixture = new ArrayList<>();
        List<CompletableFuture<Void>> fromCallback = new ArrayList<>();
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).onError(failure -> {
                    if (fromCallback.isEmpty()) {
                        fromCallback.add(fixture.get(0).batcher.flush());
                    }
                }))) {
            fixture.add(it);
            it.add("a1").advanceMillis(500).add("b1");
            CompletableFuture<Void> earlier = it.batcher.flush();
            it.runReady();
            assertThat(it.batches()).containsExactly(List.of("a1"), List.of("b1"));
            it.failStage("of a, whose attempt began before both flushes");
            assertThat(it.calls).as("a is hurried").hasSize(3);
            it.failStage("of b, whose attempt began between them");
            assertThat(earlier).isCompletedExceptionally();
            assertThat(fromCallback.get(0)).isNotDone();
            assertThat(it.calls).as("b waits for its delay").hasSize(3);
            it.batcher.flush();
            it.runReady();
            assertThat(it.calls).as("b is hurried").hasSize(4);
            it.succeed().succeed();
            assertThat(it.handled).containsExactly("a1", "b1");
        }
    }

    /** The callback refuses the letter of one key and adds an item of another one, whose handler calls flush. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlushFromAHandlerOffersARefusedLetterOfAnotherKeyEarlyOnlyOnce(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(2);
        String a = keys.get(0);
        String b = keys.get(1);
        AtomicInteger offers = new AtomicInteger();
        AtomicReference<Batcher<String>> batcher = new AtomicReference<>();
        RetryPolicy once = RetryPolicy.builder()
                .maxAttempts(1)
                .delay(Duration.ofSeconds(30))
                .build();
        VirtualTime time = new VirtualTime();
        batcher.set(Batcher.<String>builder("letters")
                .clock(time)
                .scheduler(time)
                .executor(time)
                .key(Keys.FIRST_LETTER)
                .concurrency(2)
                .batchPerKey(batchPerKey)
                .maxBatchSize(1)
                .retry(once)
                .onDeadLetter(letter -> {
                    if (offers.incrementAndGet() < 100) {
                        batcher.get().add(b + offers);
                    }
                    throw new IllegalStateException("refused");
                })
                .handler(batch -> {
                    if (batch.get(0).startsWith(a)) {
                        throw new IllegalStateException("bad");
                    }
                    batcher.get().flush();
                })
                .build());
        try (Batcher<String> it = batcher.get()) {
            it.add(a + 1);
            time.advance(Duration.ofSeconds(1));
            assertThat(offers).as("offers before the delay").hasValueLessThanOrEqualTo(2);
            time.advance(Duration.ofSeconds(31));
            assertThat(offers)
                    .as("offers after the delay")
                    .hasValueGreaterThan(1)
                    .hasValueLessThanOrEqualTo(5);
        }
    }

    @Test
    void pendingFlushesEndInTheOrderOfTheirCalls() {
        List<Integer> ended = new ArrayList<>();
        try (BatcherFixture it = BatcherFixture.byHand(perKey(2))) {
            it.add("a1");
            it.batcher.flush().thenRun(() -> ended.add(1));
            it.add("b1");
            it.batcher.flush().thenRun(() -> ended.add(2));
            it.add("a2");
            it.batcher.flush().thenRun(() -> ended.add(3));
            it.batcher.flush().thenRun(() -> ended.add(4));
            it.runReady();
            assertThat(it.batches()).containsExactly(List.of("a1", "a2"), List.of("b1"));
            it.stages.removeLast().complete(null);
            it.runReady();
            assertThat(ended).isEmpty();
            it.succeed();
            assertThat(ended).containsExactly(1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushWithoutItemsIsThroughAtOnce(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            assertThat(it.batcher.flush()).isCompleted();
            it.add("a1").advanceMillis(500);
            assertThat(it.batcher.flush()).isCompleted();
        }
    }

    /** A handler that flushes each time must not make the batches of other lanes early again and again. */
    @Test
    void handlersThatFlushDoNotHurryEachOtherWithoutEnd() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, perKey(1))) {
            for (int i = 0; i < 40; i++) {
                it.script.add(batch -> {
                    it.batcher.flush();
                    throw new IllegalStateException("no");
                });
            }
            it.add("a1", "b1").advanceMillis(500).advanceMillis(400);
            assertThat(it.calls).hasSizeLessThanOrEqualTo(6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void drainMakesAllLanesDueUntilTicksAreStartedAgain(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.add("a1", "b1");
            assertThat(it.batcher.drain().isDone()).isFalse();
            it.runReady().add("c1").runReady();
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1", "c1");
            it.batcher.startAutoFlush();
            it.add("d1").runReady();
            assertThat(it.handled).hasSize(3);
            it.advanceMillis(500);
            assertThat(it.handled).hasSize(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutTicksLanesWaitForTheirBatchOrAFlush(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, builder -> perKey(2).apply(builder).autoFlush(false).maxBatchSize(2))) {
            it.add("a1", "b1", "b2").advanceMillis(10_000);
            assertThat(it.batches()).containsExactly(List.of("b1", "b2"));
            it.batcher.startAutoFlush();
            it.runReady();
            assertThat(it.handled).endsWith("a1");
            it.batcher.stopAutoFlush();
            it.add("c1").advanceMillis(10_000);
            assertThat(it.handled).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPauseHoldsAllLanes(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.add("a1", "b1");
            it.batcher.pause();
            it.advanceMillis(1_000);
            assertThat(it.calls).isEmpty();
            it.batcher.resume();
            it.runReady();
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestHoldsAllLanesAndFailsTheFlush(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.failWith(new RetryAfterException(Duration.ofSeconds(3)));
            it.add("a1", "b1");
            CompletableFuture<Void> flush = it.batcher.flush();
            it.runReady();
            assertThat(flush).isCompletedExceptionally();
            assertThat(it.batcher.flush()).isCompletedExceptionally();
            it.advanceMillis(2_999);
            assertThat(it.batches()).containsExactly(List.of("a1"));
            assertThat(it.stats().throttled()).isEqualTo(1);
            assertThat(it.stats().restingFor()).isEqualTo(Duration.ofMillis(1));
            it.advanceMillis(1);
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1");
        }
    }

    /** The flush has failed with the rest: a call that it found running is followed by no early one. */
    @Test
    void aFlushThatHasFailedWithARestHurriesNoLaneAfterwards() {
        RetryPolicy slow = RetryPolicy.builder().delay(Duration.ofSeconds(10)).build();
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).retry(slow))) {
            it.add("a1", "b1").advanceMillis(500);
            CompletableFuture<Void> flush = it.batcher.flush();
            it.stages.remove().completeExceptionally(new RetryAfterException(Duration.ofSeconds(3)));
            it.advanceMillis(5_000);
            assertThat(flush).isCompletedExceptionally();
            it.failStage("of b").advanceMillis(5_000);
            assertThat(it.batches()).as("a after its rest").hasSize(3).endsWith(List.of("a1"));
            it.succeed().advanceMillis(4_999);
            assertThat(it.calls).as("b waits for its delay").hasSize(3);
            it.advanceMillis(1);
            assertThat(it.calls).hasSize(4);
            it.succeed();
            assertThat(it.handled).containsExactly("a1", "b1");
        }
    }

    @Test
    void callsOfOtherLanesThatRunWhenARestBeginsGoOn() {
        try (BatcherFixture it = BatcherFixture.byHand(perKey(2))) {
            it.add("a1", "b1", "c1").advanceMillis(500);
            assertThat(it.batches()).containsExactly(List.of("a1"), List.of("b1"));
            it.stages.remove().completeExceptionally(new RetryAfterException(Duration.ofSeconds(3)));
            it.runReady();
            it.succeed();
            assertThat(it.handled).containsExactly("b1");
            it.advanceMillis(2_999);
            assertThat(it.calls).hasSize(2);
            it.advanceMillis(1);
            assertThat(it.calls).hasSize(4);
            it.succeed().succeed();
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1", "c1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePaceIsOneForAllLanes(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> perKey(4)
                        .apply(builder)
                        .pace(1, Duration.ofMillis(100))
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofMillis(50))
                                .build()))) {
            it.fail(2);
            it.add("a1", "b1", "c1", "d1").advanceMillis(500);
            it.batcher.flush();
            it.advanceMillis(1_000);
            assertThat(it.log.stream()
                            .filter(event -> event.contains(" [") && !event.contains("failed"))
                            .map(event -> event.substring(0, event.indexOf(' '))))
                    .containsExactly("500", "600", "700", "800", "900", "1000");
            assertThat(it.handled).hasSize(4);
        }
    }

    /** Only the first of several pending flushes looks at all lanes. */
    @Test
    void manyFlushesOverManyLanesCostLittle() {
        int many = 20_000;
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            List<CompletableFuture<Void>> flushes = new ArrayList<>();
            Plain plain = new Plain(builder -> builder.key(item -> item).batchPerKey(true));
            plain.batcher.pause();
            for (int i = 0; i < many; i++) {
                plain.batcher.add("key " + i);
                flushes.add(plain.batcher.flush());
            }
            assertThat(flushes).noneMatch(CompletableFuture::isDone);
            plain.batcher.resume();
            plain.time.runReady();
            assertThat(flushes).allMatch(Futures::hasSucceeded);
            plain.close();
        });
    }
}
