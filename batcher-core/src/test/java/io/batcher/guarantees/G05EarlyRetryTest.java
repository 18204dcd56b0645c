/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestItems.itemsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G5: an early attempt made by a flush does not count and does not delay the scheduled retry, isolation pass or dead letter. */
class G05EarlyRetryTest {

    /** The calls that request delivery at once. */
    enum Ask {
        FLUSH,
        DRAIN;

        CompletableFuture<Void> now(Batcher<?> batcher) {
            return this == FLUSH ? batcher.flush() : batcher.drain();
        }
    }

    private static RetryPolicy.Builder attempts(int max) {
        return RetryPolicy.builder().maxAttempts(max);
    }

    private static void failing(BatcherFixture rig, CallStyle style, String bad) {
        style.register(rig.batcher, rig.time, batch -> {
            rig.record("call " + batch.attempt() + " " + batch);
            if (batch.contains(bad)) {
                throw new IOException("bad");
            }
            rig.handled.addAll(batch);
        });
    }

    private static List<String> at(BatcherFixture rig, String what) {
        return rig.log.stream().filter(line -> line.contains(what)).toList();
    }

    @ParameterizedTest
    @EnumSource
    void frequentFlushesDoNotDelayGivingUp(CallStyle style) {
        for (Ask ask : Ask.values()) {
            try (BatcherFixture rig =
                    BatcherFixture.bare(builder -> builder.retry(attempts(3).build()))) {
                failing(rig, style, "0");
                for (int i = 0; i < 3_000; i++) {
                    rig.add("" + i);
                    ask.now(rig.batcher);
                    rig.runReady().advanceMillis(100);
                }
                assertThat(rig.letters).hasSize(1);
                assertThat(rig.letters.get(0).items()).containsExactly("0");
                assertThat(at(rig, "dead").get(0)).startsWith("1000 ");
                assertThat(rig.handled).hasSize(2_999).startsWith("1", "2").endsWith("2999");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theScheduledRetryRunsOnTimeAndRetryInSaysWhen(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(attempts(2).build()))) {
            rig.fail(9).add("a").advanceMillis(600);
            rig.batcher.flush();
            rig.runReady().advanceMillis(399);
            rig.batcher.flush();
            rig.runReady().advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "600 INTERVAL 2 [a]",
                            "600 failed [a] failure 2, again in 400",
                            "999 INTERVAL 3 [a]",
                            "999 failed [a] failure 3, again in 1",
                            "1000 INTERVAL 4 [a]",
                            "1000 failed [a] failure 4, given up",
                            "1000 dead [a] failure 4, attempts 4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAddAndAFlushAtExactlyTheRetryTimeMakeOneCountedAttempt(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(attempts(2).build()))) {
            rig.time.schedule(
                    () -> {
                        rig.add("b");
                        rig.batcher.flush();
                    },
                    Duration.ofSeconds(1)); // before the timer of the retry
            rig.fail(2).add("a").advanceMillis(1_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 failed [a] failure 1, again in 500",
                            "1000 INTERVAL 2 [a]",
                            "1000 failed [a] failure 2, given up",
                            "1000 dead [a] failure 2, attempts 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRestOfAPartlyFailedEarlyAttemptIsRetriedWhenTheBatchWasDue(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(attempts(2).build()))) {
            Exception bad = new Exception("bad");
            rig.fail(1).failWith(new PartialBatchException(Map.of(1, bad))).fail(1);
            rig.add("a", "b", "c").advanceMillis(600);
            rig.batcher.flush();
            rig.runReady().advanceMillis(400);
            assertThat(rig.handled).isEmpty(); // the fixture records whole batches only
            assertThat(rig.stats().handled()).isEqualTo(2);
            assertThat(rig.log)
                    .endsWith(
                            "600 failed [a, b, c] 1 item of the batch failed, again in 400",
                            "1000 INTERVAL 3 [b]",
                            "1000 failed [b] failure 1, given up",
                            "1000 dead [b] failure 1, attempts 3");
        }
    }

    @Test
    void anEarlyAttemptThatOverrunsTheRetryTimeIsFollowedAtOnceByTheCountedOne() {
        try (BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.retry(attempts(2).build()))) {
            rig.add("a").advanceMillis(500);
            rig.failStage("1").advanceMillis(100);
            rig.batcher.flush();
            rig.advanceMillis(3_000);
            rig.failStage("2").failStage("3");
            assertThat(rig.log)
                    .endsWith(
                            "600 INTERVAL 2 [a]",
                            "3600 failed [a] 2, again in 0",
                            "3600 INTERVAL 3 [a]",
                            "3600 failed [a] 3, given up",
                            "3600 dead [a] 3, attempts 3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void delaysGrowWithCountedAttemptsOnly(CallStyle style) {
        RetryPolicy growing = RetryPolicy.builder()
                .delay(Duration.ofSeconds(1))
                .multiplier(2)
                .maxDelay(Duration.ofMinutes(10))
                .build();
        List<Long> inTime = new ArrayList<>();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(growing))) {
            rig.fail(1_000).add("a").advanceMillis(500);
            long seen = rig.calls.size();
            for (int tenths = 0; tenths < 640; tenths++) {
                rig.advanceMillis(100); // the scheduled retries
                if (rig.calls.size() > seen) {
                    inTime.add(rig.millis());
                }
                rig.batcher.flush();
                rig.runReady();
                seen = rig.calls.size();
            }
            assertThat(inTime).containsExactly(1_500L, 3_500L, 7_500L, 15_500L, 31_500L, 63_500L);
            rig.script.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Abcdefgh", "abcdefgH", "aBcDeFgh"})
    void frequentFlushesDoNotDelayIsolation(String letters) {
        RetryPolicy isolating =
                attempts(3).isolatePoison(true).delay(Duration.ofSeconds(30)).build();
        for (CallStyle style : CallStyle.values()) {
            List<String> good = new ArrayList<>();
            try (BatcherFixture rig =
                    BatcherFixture.bare(builder -> builder.retry(isolating).maxBatchSize(8))) {
                style.register(rig.batcher, rig.time, batch -> {
                    if (batch.stream().anyMatch(item -> Character.isUpperCase(item.charAt(0)))) {
                        throw new IOException("bad");
                    }
                    good.addAll(batch);
                });
                rig.batcher.addMany(itemsOf(letters));
                rig.runReady();
                everyTenSeconds(rig, 6, Batcher::flush); // two delays
                assertThat(good).isEqualTo(itemsOf(letters.replaceAll("[A-Z]", "")));
                assertThat(rig.letters).hasSize((int)
                        letters.chars().filter(Character::isUpperCase).count());
                assertThat(rig.stats().depth()).isZero();
            }
        }
    }

    private static void everyTenSeconds(BatcherFixture rig, int times, Consumer<Batcher<String>> call) {
        for (int i = 0; i < times; i++) {
            rig.advanceMillis(10_000);
            call.accept(rig.batcher);
            rig.runReady();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIsolationPassRepeatedEarlyDoesNotDelayTheScheduledPass(CallStyle style) {
        RetryPolicy isolating =
                attempts(1).isolatePoison(true).delay(Duration.ofSeconds(30)).build();
        boolean[] outage = {true};
        List<String> good = new ArrayList<>();
        try (BatcherFixture rig =
                BatcherFixture.bare(builder -> builder.retry(isolating).maxBatchSize(4))) {
            style.register(rig.batcher, rig.time, batch -> {
                rig.record("call " + String.join("", batch));
                if (outage[0]) {
                    throw new IOException("down");
                }
                good.addAll(batch);
            });
            rig.batcher.addMany(itemsOf("abcd"));
            rig.runReady().advanceMillis(10_000);
            rig.batcher.flush();
            rig.runReady().advanceMillis(10_000);
            rig.batcher.drain();
            rig.runReady();
            assertThat(at(rig, "call ab")).startsWith("0 call abcd", "0 call ab", "10000 call ab", "20000 call ab");
            assertThat(at(rig, "10000 call")).hasSize(4); // ceil(log2 4) + 2
            assertThat(at(rig, "20000 call")).hasSize(4);
            outage[0] = false;
            rig.advanceMillis(9_999);
            assertThat(good).isEmpty();
            rig.advanceMillis(1);
            assertThat(good).isEqualTo(itemsOf("abcd"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIsolationPassThatFailsEarlyIsRepeatedAtTheRetryTime(CallStyle style) {
        RetryPolicy isolating = attempts(9)
                .isolatePoison(true)
                .retryOn(cause -> !(cause instanceof IOException))
                .build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(isolating))) {
            IOException bad = new IOException("bad");
            rig.fail(1).failWith(bad).failWith(bad).failWith(bad).add("a", "b").advanceMillis(600);
            rig.batcher.flush();
            rig.runReady();
            assertThat(rig.log)
                    .endsWith(
                            "600 INTERVAL 3 [a]",
                            "600 failed [a] bad, again in 0",
                            "600 INTERVAL 3 [b]",
                            "600 failed [b] bad, again in 400");
            rig.advanceMillis(400);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSingleSuspectRetriedEarlyIsProbedAndGivenUp(CallStyle style) {
        RetryPolicy isolating =
                attempts(1).isolatePoison(true).delay(Duration.ofSeconds(30)).build();
        try (BatcherFixture rig =
                BatcherFixture.bare(builder -> builder.retry(isolating).maxBatchSize(1))) {
            failing(rig, style, "X");
            rig.add("X").runReady().advanceMillis(10_000);
            rig.batcher.flush();
            rig.runReady();
            assertThat(rig.letters).isEmpty();
            rig.add("a").runReady();
            assertThat(rig.handled).isEmpty();
            rig.advanceMillis(20_000);
            assertThat(at(rig, "call"))
                    .containsExactly("0 call 1 [X]", "10000 call 2 [X]", "30000 call 3 [X]", "30000 call 1 [a]");
            assertThat(rig.letters).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeadLetterOfferedEarlyIsOfferedAgainOnTime(CallStyle style) {
        int[] offers = new int[1];
        BatcherFixture[] it = new BatcherFixture[1];
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        style,
                        builder -> builder.retry(attempts(1).build()).onDeadLetter(letter -> {
                            it[0].record("offer");
                            if (++offers[0] < 5) {
                                throw new IllegalStateException("store is full");
                            }
                        }))) {
            it[0] = rig;
            rig.fail(1).add("a").advanceMillis(600);
            rig.batcher.flush();
            rig.runReady().advanceMillis(300);
            rig.batcher.flush();
            rig.runReady().advanceMillis(5_000);
            assertThat(at(rig, "offer"))
                    .containsExactly("500 offer", "600 offer", "900 offer", "1000 offer", "1500 offer");
        }
    }
}
