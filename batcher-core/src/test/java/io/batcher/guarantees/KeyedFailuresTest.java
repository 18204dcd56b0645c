/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Keys;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G7 to G9, G16 and G17 with a key: retries, partial failures, isolation and giving up are those of a lane. */
class KeyedFailuresTest {

    private static UnaryOperator<BatcherBuilder<String>> perKey(RetryPolicy.Builder retry) {
        return builder -> builder.key(Keys.FIRST_LETTER)
                .concurrency(2)
                .batchPerKey(true)
                .retry(retry.delay(Duration.ofMillis(100)).build());
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsInALaneIsFrozenThere(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(RetryPolicy.builder()))) {
            it.fail(1);
            it.add("a1", "a2").advanceMillis(500);
            it.add("a3", "b1").advanceMillis(100);
            assertThat(it.handled).containsExactly("a1", "a2");
            assertThat(it.calls.get(1).id()).isEqualTo(it.calls.get(0).id());
            assertThat(it.calls.get(1).attempt()).isEqualTo(2);
            it.advanceMillis(400);
            assertThat(it.handled).containsExactly("a1", "a2", "b1", "a3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNamedItemsStayInTheirLane(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(RetryPolicy.builder()))) {
            it.failWith(new PartialBatchException(Map.of(1, new IllegalStateException("one"))));
            it.add("a1", "a2", "a3", "b1").advanceMillis(500);
            assertThat(it.handled).containsExactly("b1");
            assertThat(it.stats().handled()).isEqualTo(3);
            it.add("a4").advanceMillis(600);
            assertThat(it.handled).containsExactly("b1", "a2", "a4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLaneGivesUpAlone(CallStyle style) {
        try (BatcherFixture it =
                new BatcherFixture(style, perKey(RetryPolicy.builder().maxAttempts(2)))) {
            it.script.add(batch -> {
                throw new IllegalStateException("bad");
            });
            it.add("a1").advanceMillis(500);
            it.script.add(batch -> {
                throw new IllegalStateException("bad");
            });
            it.add("b1").advanceMillis(100);
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("a1"));
            it.advanceMillis(500);
            assertThat(it.handled).containsExactly("b1");
            assertThat(it.stats().lanes()).isZero();
        }
    }

    /** What succeeds in one lane says nothing of another's target: isolation needs a success in its own lane. */
    @ParameterizedTest
    @EnumSource
    void isolationLooksAtItsOwnLaneOnly(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, perKey(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            for (int i = 0; i < 100; i++) {
                it.script.add(batch -> {
                    if (batch.get(0).startsWith("a")) {
                        throw new IllegalStateException("down");
                    }
                });
            }
            it.add("a1", "a2", "b1", "b2").advanceMillis(1_000);
            assertThat(it.handled).containsExactly("b1", "b2");
            assertThat(it.letters)
                    .as("an outage of one target quarantines nothing")
                    .isEmpty();
            assertThat(it.stats().depth()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBadItemOfALaneIsIsolatedAndTheGoodOnesKeepTheirOrder(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, perKey(RetryPolicy.builder().maxAttempts(1).isolatePoison(true)))) {
            for (int i = 0; i < 50; i++) {
                it.script.add(batch -> {
                    if (batch.contains("a2")) {
                        throw new IllegalStateException("poison");
                    }
                });
            }
            it.add("a1", "a2", "a3", "a4", "b1").advanceMillis(1_000);
            assertThat(it.handled.stream().filter(item -> Keys.of(item) == 'a')).containsExactly("a1", "a3", "a4");
            assertThat(it.handled).contains("b1");
            assertThat(it.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("a2"));
        }
    }

    @Test
    void consecutiveFailuresAreTheHighestOfALaneAndTheAgeIsTheOldest() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, perKey(RetryPolicy.builder()))) {
            for (int i = 0; i < 9; i++) {
                it.script.add(batch -> {
                    if (batch.get(0).startsWith("a")) {
                        throw new IllegalStateException("down");
                    }
                });
            }
            it.add("a1").advanceMillis(700);
            it.add("b1").advanceMillis(10);
            assertThat(it.stats().consecutiveFailures()).isEqualTo(3);
            assertThat(it.stats().oldestAge()).isEqualTo(Duration.ofMillis(710));
            it.advanceMillis(490);
            assertThat(it.handled).containsExactly("b1");
            assertThat(it.stats().consecutiveFailures())
                    .as("also after a success in another lane")
                    .isGreaterThan(3);
        }
    }

    @Test
    void aTimeoutIsThatOfItsLane() {
        try (BatcherFixture it = BatcherFixture.byHand(
                builder -> perKey(RetryPolicy.builder()).apply(builder).handlerTimeout(Duration.ofSeconds(1)))) {
            it.add("a1").advanceMillis(300);
            it.add("b1").advanceMillis(1_000);
            assertThat(it.batches()).containsExactly(List.of("a1"), List.of("b1"));
            it.advanceMillis(200);
            assertThat(it.failures).hasSize(1);
            it.advanceMillis(300);
            assertThat(it.failures).hasSize(2);
            it.advanceMillis(100);
            while (!it.stages.isEmpty()) {
                it.succeed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLetterThatIsNotTakenHoldsUpItsOwnLaneOnly(CallStyle style) {
        List<String> refused = new ArrayList<>(List.of("a1"));
        List<String> taken = new ArrayList<>();
        try (BatcherFixture it = new BatcherFixture(
                style,
                builder -> perKey(RetryPolicy.builder().maxAttempts(1))
                        .apply(builder)
                        .maxBatchSize(1)
                        .onDeadLetter(letter -> {
                            if (refused.removeAll(letter.items())) {
                                throw new IllegalStateException("not now");
                            }
                            taken.addAll(letter.items());
                        }))) {
            it.fail(1);
            it.add("a1").runReady();
            it.add("a2", "b1").runReady();
            assertThat(it.handled).as("the letter is in front of its lane").containsExactly("b1");
            it.advanceMillis(100);
            assertThat(taken).containsExactly("a1");
            assertThat(it.handled).containsExactly("b1", "a2");
        }
    }

    @Test
    void keysAreInNoLogLine() {
        VirtualTime time = new VirtualTime();
        try (CapturedLog log = new CapturedLog()) {
            Batcher<String> batcher = time.applyTo(Batcher.<String>builder("silent"))
                    .key(item -> "secret-" + item)
                    .batchPerKey(true)
                    .capacity(1)
                    .retry(RetryPolicy.builder().maxAttempts(1).build())
                    .handler(batch -> {
                        throw new IllegalStateException("no");
                    })
                    .build();
            batcher.add("a");
            assertThat(batcher.offer("b")).isFalse();
            time.advance(Duration.ofMillis(500));
            batcher.add("c");
            assertThat(batcher.toString()).doesNotContain("secret");
            batcher.close();
            assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains("secret"));
        }
    }
}
