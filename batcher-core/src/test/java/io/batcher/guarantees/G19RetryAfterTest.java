/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** G19: a target that asks to be called later is no failed attempt; the batcher rests, and no flush or close waits in vain. */
class G19RetryAfterTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RetryAfterException IN_30_S =
            new RetryAfterException(Duration.ofSeconds(30), new IllegalStateException("429"));

    private static UnaryOperator<BatcherBuilder<String>> retry(RetryPolicy.Builder policy) {
        return builder -> builder.retry(policy.build());
    }

    private static BatcherFixture resting(CallStyle style, UnaryOperator<BatcherBuilder<String>> options) {
        return new BatcherFixture(style, options)
                .failWith(IN_30_S)
                .add("a", "b")
                .advanceMillis(500);
    }

    private static BatcherFixture resting(CallStyle style) {
        return resting(style, builder -> builder);
    }

    // ---- the batch

    @ParameterizedTest
    @EnumSource
    void theBatchStaysInFrontWithItsIdAndAttempt(CallStyle style) {
        try (BatcherFixture it = resting(style)) {
            it.add("c").advanceMillis(29_999);
            assertThat(it.calls).hasSize(1);
            it.advanceMillis(1_001);
            assertThat(it.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b]",
                            "500 failed [a, b] " + IN_30_S.getMessage() + ", again in 30000",
                            "30500 INTERVAL 1 [a, b]",
                            "30500 INTERVAL 1 [c]");
            assertThat(it.calls.get(1).id()).isEqualTo(it.calls.get(0).id());
            assertThat(it.calls.get(1).attempt()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatIsARetryKeepsItsNumberToo(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            it.fail(1).failWith(IN_30_S).failWith(IN_30_S).fail(1).add("a").advanceMillis(120_000);
            assertThat(it.calls).extracting(Batch::attempt).containsExactly(1, 2, 2, 2, 3);
            assertThat(it.calls)
                    .extracting(Batch::id)
                    .containsOnly(it.calls.get(0).id());
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingCounts(CallStyle style) {
        try (BatcherFixture it = resting(style)) {
            BatcherStats stats = it.stats();
            assertThat(stats.failedAttempts()).isZero();
            assertThat(stats.consecutiveFailures()).isZero();
            assertThat(stats.batches()).isZero();
            assertThat(stats.handled()).isZero();
            assertThat(stats.depth()).isEqualTo(2);
            assertThat(stats.inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itDoesNotCountTowardsMaxAttempts(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, retry(RetryPolicy.builder().maxAttempts(2)))) {
            it.failWith(IN_30_S)
                    .failWith(IN_30_S)
                    .failWith(IN_30_S)
                    .fail(1)
                    .add("a")
                    .advanceMillis(300_000);
            assertThat(it.letters).isEmpty();
            assertThat(it.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void retryOnIsNotAsked(CallStyle style) {
        List<Throwable> asked = new ArrayList<>();
        try (BatcherFixture it = resting(style, retry(RetryPolicy.builder().retryOn(cause -> !asked.add(cause))))) {
            it.advanceMillis(60_000);
            assertThat(asked).isEmpty();
            assertThat(it.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsFoundInsideTheWrappersOfFutures(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            it.failWith(new CompletionException(IN_30_S)).add("a").advanceMillis(500);
            assertThat(it.stats().throttled()).isEqualTo(1);
            assertThat(it.failures).extracting(BatchFailure::cause).containsExactly(IN_30_S);
        }
    }

    @ParameterizedTest
    @EnumSource
    void asACauseOfSomethingElseItIsAFailure(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            it.failWith(new IllegalStateException("other", IN_30_S)).add("a").advanceMillis(500);
            assertThat(it.stats().throttled()).isZero();
            assertThat(it.stats().failedAttempts()).isEqualTo(1);
        }
    }

    // ---- isolation

    @ParameterizedTest
    @EnumSource
    void noIsolationBegins(CallStyle style) {
        try (BatcherFixture it =
                resting(style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            it.advanceMillis(60_000);
            assertThat(it.batches()).containsExactly(List.of("a", "b"), List.of("a", "b"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void withinAnIsolationTheSamePartComesNext(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            it.fail(1).failWith(IN_30_S).failWith(IN_30_S).fail(1);
            it.add("bad", "good").advanceMillis(120_000);
            assertThat(it.batches())
                    .containsExactly(
                            List.of("bad", "good"), List.of("bad"), List.of("bad"), List.of("bad"), List.of("good"));
            assertThat(it.calls.subList(1, 4))
                    .extracting(Batch::id)
                    .containsOnly(it.calls.get(1).id());
            assertThat(it.calls.subList(1, 4)).extracting(Batch::attempt).containsOnly(2);
            assertThat(it.handled).containsExactly("good");
            assertThat(it.letters).singleElement().satisfies(letter -> {
                assertThat(letter.items()).containsExactly("bad");
                assertThat(letter.attempts()).isEqualTo(2);
            });
        }
    }

    /** Two items allow three calls without a success. */
    @ParameterizedTest
    @EnumSource
    void withinAnIsolationItCountsAsNoCall(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            it.fail(1);
            for (int i = 0; i < 20; i++) {
                it.failWith(IN_30_S);
            }
            it.fail(1).add("bad", "good").advanceMillis(20 * 30_000 + 600);
            assertThat(it.handled).containsExactly("good");
            assertThat(it.letters).hasSize(1);
        }
    }

    // ---- the rest

    static Stream<Arguments> rests() {
        Duration day = Duration.ofDays(1);
        return Stream.of(CallStyle.values())
                .flatMap(style -> Stream.of(
                        Arguments.of(style, Duration.ofSeconds(7), 7_000),
                        Arguments.of(style, Duration.ofMinutes(5), 300_000),
                        Arguments.of(style, Duration.ofMinutes(5).plusMillis(1), 300_000), // maxRetryAfter
                        Arguments.of(style, day, 300_000),
                        Arguments.of(style, Duration.ofSeconds(Long.MAX_VALUE), 300_000),
                        Arguments.of(style, Duration.ofMillis(499), 500), // the retry delay
                        Arguments.of(style, Duration.ZERO, 500),
                        Arguments.of(style, Duration.ofSeconds(-7), 500),
                        Arguments.of(style, Duration.ofSeconds(Long.MIN_VALUE), 500)));
    }

    @ParameterizedTest
    @MethodSource("rests")
    void theRestIsAtMostMaxRetryAfterAndNeverLessThanTheRetryDelay(CallStyle style, Duration asked, long millis) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            it.failWith(new RetryAfterException(asked)).add("a").advanceMillis(500);
            assertThat(it.failures)
                    .extracting(BatchFailure::retryIn)
                    .containsExactly(Optional.of(Duration.ofMillis(millis)));
            assertThat(it.stats().restingFor()).isEqualTo(Duration.ofMillis(millis));
            it.advanceMillis(millis - 1);
            assertThat(it.calls).hasSize(1);
            it.advanceMillis(1);
            assertThat(it.calls).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryDelayThatIsSetIsTheLeastEvenAboveMaxRetryAfter(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> builder.maxRetryAfter(Duration.ofMillis(10))
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofSeconds(3))
                                .build()))) {
            it.failWith(IN_30_S).add("a").advanceMillis(500);
            assertThat(it.stats().restingFor()).isEqualTo(Duration.ofSeconds(3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theShortestRestIsAMillisecond(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, builder -> builder.interval(Duration.ofNanos(1)))) {
            it.failWith(new RetryAfterException(Duration.ZERO)).add("a");
            it.time.advance(Duration.ofNanos(1));
            assertThat(it.failures)
                    .extracting(BatchFailure::retryIn)
                    .containsExactly(Optional.of(Duration.ofMillis(1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatAsksAgainAndAgainIsCalledOnceARest(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            for (int i = 0; i < 5; i++) {
                it.failWith(new RetryAfterException(SECOND));
            }
            it.add("a").advanceMillis(60_000);
            assertThat(it.calls).hasSize(6);
            assertThat(it.stats().throttled()).isEqualTo(5);
            assertThat(it.stats().restingFor()).isZero();
            assertThat(it.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void neitherSizeNorEagerNorDrainEndsTheRest(CallStyle style) {
        try (BatcherFixture it =
                resting(style, builder -> builder.maxBatchSize(2).eager(true))) {
            it.add("c", "d", "e", "f");
            it.batcher.drain();
            it.advanceMillis(29_000);
            assertThat(it.calls).hasSize(1);
            it.advanceMillis(1_000);
            assertThat(it.handled).containsExactly("a", "b", "c", "d", "e", "f");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryThatIsDueLaterThanTheRestWaitsForItsDelay(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().delay(SECOND).multiplier(10)))) {
            it.fail(2).failWith(new RetryAfterException(SECOND)).add("a").advanceMillis(60_000);
            assertThat(it.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 1000",
                            "1500 INTERVAL 2 [a]",
                            "1500 failed [a] failure 2, again in 10000",
                            "11500 INTERVAL 3 [a]",
                            "11500 failed [a] " + new RetryAfterException(SECOND).getMessage() + ", again in 1000",
                            "12500 INTERVAL 3 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLaterOfRestAndPaceHolds(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, builder -> builder.pace(1, Duration.ofSeconds(10)))) {
            it.failWith(new RetryAfterException(SECOND))
                    .failWith(IN_30_S)
                    .add("a")
                    .advanceMillis(60_000);
            assertThat(it.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] " + new RetryAfterException(SECOND).getMessage() + ", again in 10000",
                            "10500 INTERVAL 1 [a]",
                            "10500 failed [a] " + IN_30_S.getMessage() + ", again in 30000",
                            "40500 INTERVAL 1 [a]");
        }
    }

    // ---- partial failures

    @ParameterizedTest
    @EnumSource
    void ofAPartialFailureTheDeferredItemsStayUncountedUnderANewId(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, retry(RetryPolicy.builder().maxAttempts(1)))) {
            it.failWith(new PartialBatchException(
                            Map.of(1, new RetryAfterException(SECOND), 2, new CompletionException(IN_30_S))))
                    .add("a", "b", "c")
                    .advanceMillis(500);
            BatcherStats stats = it.stats();
            assertThat(stats.handled()).isEqualTo(1);
            assertThat(stats.batches()).isEqualTo(1);
            assertThat(stats.failedAttempts()).isZero();
            assertThat(stats.throttled()).isEqualTo(1);
            assertThat(stats.restingFor()).as("the longest").isEqualTo(Duration.ofSeconds(30));
            it.advanceMillis(30_000);
            assertThat(it.batches()).containsExactly(List.of("a", "b", "c"), List.of("b", "c"));
            assertThat(it.calls.get(1).id()).isNotEqualTo(it.calls.get(0).id());
            assertThat(it.calls.get(1).attempt()).isEqualTo(1);
            assertThat(it.stats().handled()).isEqualTo(3);
            assertThat(it.letters).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofAPartialFailureTheOthersAreJudgedAsEver(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, retry(RetryPolicy.builder().maxAttempts(2)))) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.failWith(new PartialBatchException(Map.of(0, bad, 2, IN_30_S))).failWith(bad);
            it.add("a", "b", "c").advanceMillis(60_000);
            assertThat(it.batches()).containsExactly(List.of("a", "b", "c"), List.of("a"), List.of("c"));
            assertThat(it.calls).extracting(Batch::attempt).containsExactly(1, 2, 1);
            assertThat(it.stats().failedAttempts()).isEqualTo(2);
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("a"));
            assertThat(it.stats().handled()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofAPartialFailureWithoutASuccessOnlyTheFailedItemsAreIsolated(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.failWith(new PartialBatchException(Map.of(0, bad, 1, bad, 2, IN_30_S)))
                    .failWith(bad);
            it.add("a", "b", "c").advanceMillis(60_000);
            assertThat(it.batches()).containsExactly(List.of("a", "b", "c"), List.of("a"), List.of("b"), List.of("c"));
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("a"));
            assertThat(it.handled).containsExactly("b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withinAnIsolationDeferredItemsOfAPartComeNext(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.fail(1).failWith(new PartialBatchException(Map.of(0, bad, 1, IN_30_S)));
            it.add("a", "b", "c", "d").advanceMillis(60_000);
            assertThat(it.batches())
                    .containsExactly(List.of("a", "b", "c", "d"), List.of("a", "b"), List.of("b"), List.of("c", "d"));
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("a"));
            assertThat(it.handled).containsExactly("b", "c", "d");
        }
    }

    private static PartialBatchException mixed(Object... causes) {
        Map<Integer, Throwable> byIndex = new HashMap<>();
        for (int i = 0; i < causes.length; i++) {
            if (causes[i] instanceof Throwable cause) {
                byIndex.put(i, cause);
            }
        }
        return new PartialBatchException(byIndex);
    }

    @ParameterizedTest
    @EnumSource
    void ofAPartialFailureFailedAndDeferredItemsKeepTheirOrder(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.failWith(mixed(bad, bad, IN_30_S, "handled", IN_30_S, bad));
            it.add("a", "b", "c", "d", "e", "f").advanceMillis(60_000);
            assertThat(it.batches())
                    .containsExactly(
                            List.of("a", "b", "c", "d", "e", "f"), List.of("a", "b"), List.of("c", "e"), List.of("f"));
            assertThat(it.calls).extracting(Batch::attempt).containsExactly(1, 2, 1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isolationKeepsTheOrderOfFailedAndDeferredItems(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, retry(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.failWith(mixed(bad, IN_30_S, bad)).fail(1).add("a", "b", "c").advanceMillis(60_000);
            it.fail(1).failWith(mixed(bad, IN_30_S, bad)).fail(1).add("d", "e", "f", "g", "h", "i");
            it.advanceMillis(60_000);
            assertThat(it.batches().stream().map(items -> String.join("", items)))
                    .containsExactly("abc", "a", "b", "c", "defghi", "def", "d", "e", "f", "ghi");
            assertThat(it.letters.stream().map(DeadLetter::items)).containsExactly(List.of("a"), List.of("d"));
            assertThat(it.handled).containsExactly("b", "c", "e", "f", "g", "h", "i");
        }
    }

    @ParameterizedTest
    @EnumSource
    void isolationTakesNoItemFromBehindADeferredOne(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> retry(RetryPolicy.builder().maxAttempts(2).isolatePoison(true))
                        .apply(builder)
                        .maxBatchSize(2))) {
            IllegalStateException bad = new IllegalStateException("bad");
            it.failWith(mixed(bad, IN_30_S)).fail(2).add("a", "b", "c", "d").advanceMillis(60_000);
            assertThat(it.batches())
                    .containsExactly(List.of("a", "b"), List.of("a"), List.of("a"), List.of("b"), List.of("c", "d"));
            assertThat(it.letters.stream().map(DeadLetter::items)).containsExactly(List.of("a"));
        }
    }

    // ---- timeouts, callbacks, statistics

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ASYNC_LATER")
    void pastTheHandlerTimeoutItIsATimeout(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, builder -> builder.handlerTimeout(Duration.ofMillis(100)))) {
            it.script.add(batch -> {
                it.time.advance(Duration.ofMillis(100));
                throw IN_30_S;
            });
            it.add("a").advanceMillis(700);
            assertThat(it.failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.cause()).isInstanceOf(TimeoutException.class));
            assertThat(it.stats().throttled()).isZero();
            assertThat(it.stats().failedAttempts()).isEqualTo(1);
            assertThat(it.stats().restingFor()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onErrorIsToldAndTheStatisticsTellTheRest(CallStyle style) {
        try (BatcherFixture it = resting(style)) {
            assertThat(it.failures).singleElement().satisfies(failure -> {
                assertThat(failure.cause()).isSameAs(IN_30_S);
                assertThat(failure.retryIn()).contains(Duration.ofSeconds(30));
            });
            assertThat(it.stats().throttled()).isEqualTo(1);
            it.advanceMillis(10_000);
            assertThat(it.stats().restingFor()).isEqualTo(Duration.ofSeconds(20));
            it.advanceMillis(20_000);
            assertThat(it.stats().restingFor()).isZero();
            assertThat(it.stats().throttled()).isEqualTo(1);
            assertThat(it.handled).containsExactly("a", "b");
        }
    }

    @Test
    void withoutOnErrorARestIsLoggedOnceAMinute() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain()) {
            plain.outcome = () -> {
                throw new RetryAfterException(SECOND);
            };
            plain.batcher.add("canary");
            plain.advanceMillis(50_000);
            assertThat(log.lines())
                    .containsExactly("WARNING Batcher \"plain\" rests because its target asked to be called later;"
                            + " the batch is kept and no attempt counted");
            plain.outcome = () -> {};
            plain.advanceMillis(1_000);
            assertThat(log.lines()).hasSize(1);
        }
    }

    // ---- flushes

    @ParameterizedTest
    @EnumSource
    void aFlushThatIsPendingWhenARestBeginsFailsAtOnce(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            it.failWith(IN_30_S).add("a");
            CompletableFuture<Void> flush = it.batcher.flush();
            it.runReady();
            assertFailed(flush);
            assertThat(it.millis()).isZero();
            it.advanceMillis(30_000);
            assertThat(it.handled).containsExactly("a");
        }
    }

    @Test
    void aFlushThatIsCalledDuringTheAttemptFailsToo() {
        try (BatcherFixture it = BatcherFixture.byHand()) {
            it.add("a").advanceMillis(500);
            CompletableFuture<Void> flush = it.batcher.flush();
            it.stages.remove().completeExceptionally(IN_30_S);
            it.runReady();
            assertFailed(flush);
            it.advanceMillis(29_999);
            assertThat(it.calls).hasSize(1);
            it.advanceMillis(1);
            assertThat(it.calls).hasSize(2);
            it.succeed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushOrDrainDuringARestFailsAtOnceAndEndsNothing(CallStyle style) {
        try (BatcherFixture it = resting(style)) {
            it.advanceMillis(1_000);
            assertFailed(it.batcher.flush());
            assertFailed(it.batcher.drain());
            it.advanceMillis(28_999);
            assertThat(it.calls).hasSize(1);
            it.advanceMillis(1);
            assertThat(it.batcher.flush()).isCompleted();
            assertThat(it.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFromOnErrorFailsAtOnce(CallStyle style) {
        List<CompletableFuture<Void>> flushes = new ArrayList<>();
        BatcherFixture[] fixture = new BatcherFixture[1];
        try (BatcherFixture it = new BatcherFixture(
                style, builder -> builder.onError(failure -> flushes.add(fixture[0].batcher.flush())))) {
            fixture[0] = it;
            it.failWith(IN_30_S).add("a").advanceMillis(29_000);
            assertThat(it.calls).hasSize(1);
            assertThat(flushes).singleElement().satisfies(G19RetryAfterTest::assertFailed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushWhoseItemsWereHandledBeforeTheRestSucceeds(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, builder -> builder.maxBatchSize(1))) {
            it.batcher.pause();
            it.add("a");
            CompletableFuture<Void> first = it.batcher.flush();
            it.add("b");
            CompletableFuture<Void> second = it.batcher.flush();
            it.script.add(batch -> {});
            it.failWith(IN_30_S);
            it.batcher.resume();
            it.runReady();
            assertThat(first).isCompleted();
            assertFailed(second);
        }
    }

    private static void assertFailed(CompletableFuture<Void> flush) {
        assertThat(flush).isCompletedExceptionally();
        assertThatThrownBy(flush::join).hasCause(IN_30_S);
    }

    @ParameterizedTest
    @EnumSource
    void aSubmittedItemWaitsForTheEndOfTheRest(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style)) {
            CompletableFuture<Void> item = it.failWith(IN_30_S).batcher.submit("a");
            it.advanceMillis(30_499);
            assertThat(item).isNotDone();
            it.advanceMillis(1);
            assertThat(item).isCompleted();
        }
    }

    // ---- close

    @ParameterizedTest
    @EnumSource
    void closeWaitsForARestThatEndsWithinItsTimeout(CallStyle style) {
        BatcherFixture it = resting(style).add("c");
        CloseResult<String> result = it.batcher.close(Duration.ofSeconds(30));
        assertThat(result.undelivered()).isEmpty();
        assertThat(result.timedOut()).isFalse();
        assertThat(it.millis()).isEqualTo(30_500);
        assertThat(it.handled).containsExactly("a", "b", "c");
        it.close();
    }

    @ParameterizedTest
    @EnumSource
    void closeHandsBackAtOnceIfTheRestEndsLater(CallStyle style) {
        BatcherFixture it = resting(style).add("c");
        CloseResult<String> result = it.batcher.close(Duration.ofMillis(29_999));
        assertThat(it.millis()).isEqualTo(500);
        assertThat(result.undelivered()).containsExactly("a", "b", "c");
        assertThat(result.timedOut()).isFalse();
        assertThat(it.calls).hasSize(1);
        assertThat(it.stats().handedBack()).isEqualTo(3);
        it.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRestThatBeginsWhileClosingIsNoFailureThatEndsIt(CallStyle style) {
        BatcherFixture it = new BatcherFixture(style, builder -> builder.maxBatchSize(1));
        it.batcher.pause();
        it.add("a", "b", "c").failWith(new RetryAfterException(SECOND));
        CloseResult<String> result = it.batcher.close(Duration.ofSeconds(10));
        assertThat(it.handled).containsExactly("a", "b", "c");
        assertThat(result.undelivered()).isEmpty();
        assertThat(it.millis()).isEqualTo(1_000);
        it.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRestThatBeginsWhileClosingAndEndsTooLateEndsIt(CallStyle style) {
        BatcherFixture it = new BatcherFixture(style, builder -> builder.maxBatchSize(1));
        it.batcher.pause();
        it.add("a", "b", "c").failWith(IN_30_S);
        CloseResult<String> result = it.batcher.close(Duration.ofSeconds(10));
        assertThat(result.undelivered()).containsExactly("a", "b", "c");
        assertThat(it.millis()).isZero();
        assertThat(it.failures).extracting(BatchFailure::retryIn).containsExactly(Optional.empty());
        it.close();
    }

    @ParameterizedTest
    @EnumSource
    void afterCloseThereIsNoRest(CallStyle style) {
        BatcherFixture it = resting(style);
        it.batcher.close(Duration.ZERO);
        assertThat(it.stats().restingFor()).isZero();
        assertThat(it.stats().throttled()).isEqualTo(1);
        it.advanceMillis(60_000);
        assertThat(it.calls).hasSize(1);
        it.close();
    }
}
