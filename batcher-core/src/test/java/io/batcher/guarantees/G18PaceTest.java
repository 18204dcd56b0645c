/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherListener;
import io.batcher.CloseResult;
import io.batcher.Pace;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** G18: no window of the pace holds more handler calls than allowed, whatever makes them; nothing waits with a thread. */
class G18PaceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A call a second, one item a batch. */
    private static UnaryOperator<BatcherBuilder<String>> oneASecond() {
        return builder -> builder.pace(1, SECOND).maxBatchSize(1);
    }

    private static List<Long> startsInMillis(BatcherFixture fixture) {
        return fixture.log.stream()
                .filter(line -> !line.contains("failed") && !line.contains("dead") && !line.contains("note"))
                .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void callsAreSpacedEvenly(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, builder -> builder.pace(4, SECOND).maxBatchSize(1))) {
            it.add("a", "b", "c", "d", "e", "f").advanceMillis(10_000);
            assertThat(startsInMillis(it)).containsExactly(0L, 250L, 500L, 750L, 1_000L, 1_250L);
            assertThat(it.handled).containsExactly("a", "b", "c", "d", "e", "f");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBurstStartsAtOnceAfterATimeWithoutCalls(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, builder -> builder.pace(Pace.of(4, SECOND).burst(3)).maxBatchSize(1))) {
            it.add("a", "b", "c", "d").advanceMillis(10_000);
            it.add("e", "f", "g", "h").advanceMillis(1_000);
            assertThat(startsInMillis(it)).containsExactly(0L, 0L, 0L, 250L, 10_000L, 10_000L, 10_000L, 10_250L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatArrivesWhileThePaceMakesItWaitIsOneBatch(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, builder -> builder.pace(1, SECOND).eager(true))) {
            it.add("a").advanceMillis(100).add("b").advanceMillis(100).add("c").advanceMillis(2_000);
            assertThat(it.log).containsExactly("0 EAGER 1 [a]", "1000 EAGER 1 [b, c]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryCounts(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, oneASecond())) {
            it.fail(2).add("a").advanceMillis(5_000);
            assertThat(it.log)
                    .containsExactly(
                            "0 SIZE 1 [a]",
                            "0 failed [a] failure 1, again in 1000",
                            "1000 SIZE 2 [a]",
                            "1000 failed [a] failure 2, again in 1000",
                            "2000 SIZE 3 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryWithALongerDelayWaitsForThat(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> oneASecond()
                        .apply(builder)
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofSeconds(3))
                                .build()))) {
            it.fail(1).add("a").advanceMillis(5_000);
            assertThat(it.failures)
                    .extracting(BatchFailure::retryIn)
                    .containsExactly(Optional.of(Duration.ofSeconds(3)));
            assertThat(startsInMillis(it)).containsExactly(0L, 3_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theHalvesOfAnIsolationCount(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> builder.pace(1, SECOND)
                        .retry(RetryPolicy.builder()
                                .maxAttempts(1)
                                .isolatePoison(true)
                                .build()))) {
            for (int i = 0; i < 3; i++) {
                it.script.add(G18PaceTest::rejectBad);
            }
            it.add("good", "bad").advanceMillis(10_000);
            assertThat(startsInMillis(it)).containsExactly(500L, 1_500L, 2_500L);
            assertThat(it.handled).containsExactly("good");
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("bad"));
        }
    }

    private static void rejectBad(Batch<String> batch) {
        if (batch.contains("bad")) {
            throw new IllegalStateException("bad");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushSkipsTheDelayAndNotThePace(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> oneASecond()
                        .apply(builder)
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofMinutes(1))
                                .build()))) {
            it.fail(1).add("a").runReady();
            CompletableFuture<Void> flush = it.batcher.flush();
            it.advanceMillis(999);
            assertThat(it.calls).hasSize(1);
            assertThat(flush).isNotDone();
            it.advanceMillis(1);
            assertThat(startsInMillis(it)).containsExactly(0L, 1_000L);
            assertThat(flush).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLetterDoesNotWaitForThePace(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> oneASecond()
                        .apply(builder)
                        .retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            it.fail(1).add("a").runReady();
            assertThat(it.log).contains("0 dead [a] failure 1, attempts 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPausedBatcherTakesNoPermit(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, oneASecond())) {
            it.batcher.pause();
            it.add("a", "b").advanceMillis(5_300);
            it.batcher.resume();
            it.advanceMillis(2_000);
            assertThat(startsInMillis(it)).containsExactly(5_300L, 6_300L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeKeepsThePace(CallStyle style) {
        BatcherFixture it = new BatcherFixture(style, oneASecond());
        it.add("a", "b", "c").runReady();
        CloseResult<String> result = it.batcher.close(Duration.ofSeconds(2));
        assertThat(result.undelivered()).isEmpty();
        assertThat(result.timedOut()).isFalse();
        assertThat(startsInMillis(it)).containsExactly(0L, 1_000L, 2_000L);
        it.close();
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsAtOnceWhenTheNextStartLiesBeyondItsTimeout(CallStyle style) {
        BatcherFixture it = new BatcherFixture(style, oneASecond());
        it.add("a", "b", "c").runReady();
        CloseResult<String> result = it.batcher.close(Duration.ofMillis(1_999));
        assertThat(it.millis()).isEqualTo(1_000);
        assertThat(result.undelivered()).containsExactly("c");
        assertThat(result.timedOut()).isFalse();
        it.close();
        assertThat(startsInMillis(it)).containsExactly(0L, 1_000L);
    }

    @ParameterizedTest
    @EnumSource
    void theTimeOfAWaitForThePaceIsNotMeasured(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, builder -> oneASecond().apply(builder).handlerTimeout(Duration.ofMillis(10)))) {
            it.add("a", "b", "c").advanceMillis(5_000);
            assertThat(it.failures).isEmpty();
            assertThat(it.handled).containsExactly("a", "b", "c");
        }
    }

    @Test
    void thePermitIsTakenAfterTheListenerRightBeforeTheCall() {
        VirtualTime time = new VirtualTime();
        List<Long> starts = new ArrayList<>();
        BatcherListener slow = new BatcherListener() {
            @Override
            public void onBatchStarted(String batcher, Batch<?> batch) {
                time.advance(Duration.ofMillis(starts.isEmpty() ? 700 : 0));
            }
        };
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("paced"))
                .pace(1, SECOND)
                .maxBatchSize(1)
                .listener(slow)
                .handler(batch -> starts.add(time.nanoTime() / 1_000_000))
                .build();
        batcher.addMany(List.of("a", "b"));
        time.advance(Duration.ofSeconds(5));
        assertThat(starts).containsExactly(700L, 1_700L);
        batcher.close();
    }

    @Test
    void theNextPermitCountsFromTheStartOfTheCallAlsoWhenThatIsLate() {
        VirtualTime time = new VirtualTime();
        AtomicBoolean late = new AtomicBoolean();
        List<Long> starts = new ArrayList<>();
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("paced"))
                .clock(new WatchedClock(time) {
                    @Override
                    public long nanoTime() {
                        if (late.get()) { // between the slot and the call, and before
                            time.advance(Duration.ofMillis(100));
                        }
                        return super.nanoTime();
                    }
                })
                .pace(1, SECOND)
                .maxBatchSize(1)
                .listener(new BatcherListener() {
                    @Override
                    public void onBatchStarted(String name, Batch<?> batch) {
                        late.set(starts.isEmpty());
                    }
                })
                .handler(batch -> {
                    late.set(false);
                    starts.add(time.nanoTime() / 1_000_000);
                })
                .build();
        batcher.addMany(List.of("a", "b"));
        time.advance(Duration.ofSeconds(5));
        assertThat(starts).hasSize(2);
        assertThat(starts.get(1) - starts.get(0)).isEqualTo(1_000);
        batcher.close();
    }

    /** Failures, rests, flushes, isolation, slow calls, and close, all at random. */
    @ParameterizedTest
    @CsvSource({"1, 100, 1", "3, 100, 1", "10, 1000, 1", "7, 333, 4", "2, 50, 10"})
    void noWindowOfAnyStartHoldsMore(int calls, int perMillis, int burst) {
        Pace pace = Pace.of(calls, Duration.ofMillis(perMillis)).burst(burst);
        int total = 0;
        for (int seed = 0; total < 10_000; seed++) {
            List<Long> starts = startsOfARandomRun(pace, new Random(seed));
            long per = pace.per().toNanos();
            for (int first = 0, last = 0; last < starts.size(); last++) {
                while (starts.get(last) - starts.get(first) >= per) {
                    first++;
                }
                assertThat(last - first + 1).as("seed %d", seed).isLessThanOrEqualTo(calls + burst - 1);
            }
            assertThat(starts).hasSizeGreaterThan(100);
            total += starts.size();
        }
    }

    private static List<Long> startsOfARandomRun(Pace pace, Random random) {
        VirtualTime time = new VirtualTime();
        List<Long> starts = new ArrayList<>();
        CallStyle style = CallStyle.values()[random.nextInt(3)];
        BatcherBuilder<String> builder = time.applyTo(Batcher.<String>builder("paced"))
                .pace(pace)
                .maxBatchSize(1 + random.nextInt(4))
                .eager(random.nextBoolean())
                .interval(Duration.ofMillis(20))
                .onError(failure -> {})
                .onDeadLetter(letter -> {})
                .retry(RetryPolicy.builder().maxAttempts(3).isolatePoison(true).build());
        Batcher<String> batcher = style.install(builder, time, batch -> {
                    starts.add(time.nanoTime());
                    switch (random.nextInt(8)) {
                        case 0 -> throw new IllegalStateException("at random");
                        case 1 -> throw new RetryAfterException(Duration.ofMillis(random.nextInt(100)));
                        case 2 -> time.advance(Duration.ofNanos(random.nextInt(30_000_000)));
                        default -> rejectBad(batch);
                    }
                })
                .build();
        while (starts.size() < 1_000) {
            batcher.offer(random.nextInt(10) == 0 ? "bad" : "good");
            switch (random.nextInt(12)) {
                case 0 -> batcher.flush();
                case 1 -> batcher.stopAutoFlush();
                case 2 -> time.advance(Duration.ofNanos(random.nextInt(500_000_000)));
                default -> batcher.startAutoFlush();
            }
            time.advance(Duration.ofNanos(random.nextInt(10_000_000)));
        }
        batcher.close(Duration.ofSeconds(2));
        return starts;
    }
}
