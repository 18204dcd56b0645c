/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G9: after {@code maxAttempts}, or when {@code retryOn} returns false, the items go to the dead-letter callback with cause and
 * attempts; without a callback they are logged and counted; if the callback throws, only it is called again after the delay.
 */
class G09GivingUpTest {

    private static final RetryPolicy ONCE = RetryPolicy.builder().maxAttempts(1).build();
    private static final RetryPolicy NEVER_IO = RetryPolicy.builder()
            .retryOn(cause -> !(cause instanceof IOException))
            .build();

    @ParameterizedTest
    @EnumSource
    void afterMaxAttemptsTheItemsAreGivenUp(CallStyle style) {
        RetryPolicy threeTimes = RetryPolicy.builder().maxAttempts(3).build();
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(threeTimes).maxBatchSize(2))) {
            rig.fail(3).add("a", "b", "c").advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "0 SIZE 1 [a, b]",
                            "0 failed [a, b] failure 1, again in 500",
                            "500 SIZE 2 [a, b]",
                            "500 failed [a, b] failure 2, again in 500",
                            "1000 SIZE 3 [a, b]",
                            "1000 failed [a, b] failure 3, given up",
                            "1000 dead [a, b] failure 3, attempts 3",
                            "1000 INTERVAL 1 [c]");
            assertThat(rig.letters.get(0).batcher()).isEqualTo("rig");
            assertThat(rig.letters.get(0).cause()).isSameAs(rig.failures.get(2).cause());
            assertThat(rig.stats().deadLettered()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenRetryOnReturnsFalseTheItemsAreGivenUpAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(NEVER_IO))) {
            rig.fail(1).failWith(new IOException("disk")).add("a", "b").advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b]",
                            "500 failed [a, b] failure 1, again in 500",
                            "1000 INTERVAL 2 [a, b]",
                            "1000 failed [a, b] disk, given up",
                            "1000 dead [a, b] disk, attempts 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void retryOnIsAskedWithEachNamedItemsOwnCause(CallStyle style) {
        List<Throwable> asked = new ArrayList<>();
        RetryPolicy asking = RetryPolicy.builder().retryOn(asked::add).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(asking))) {
            Exception one = new Exception("one");
            Exception two = new Exception("two");
            rig.failWith(partial(0, one, 2, two)).add("a", "b", "c").advanceMillis(500);
            assertThat(asked).containsExactly(one, two);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfAPartialFailureAreGivenUpOrRetriedByTheirCause(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(NEVER_IO))) {
            rig.failWith(partial(0, new Exception("net"), 1, new IOException("disk"), 3, new Exception("net")));
            rig.add("a", "b", "c", "d").advanceMillis(1_000);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b, c, d]",
                            "500 failed [a, b, c, d] 3 items of the batch failed, again in 500",
                            "500 dead [b] disk, attempts 1",
                            "1000 INTERVAL 2 [a, d]");
            assertThat(rig.stats().handled()).isEqualTo(3);
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfDifferentCausesAreSeparateDeadLettersInOrder(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(ONCE))) {
            Exception one = new Exception("one");
            Exception two = new Exception("two");
            rig.failWith(partial(0, one, 1, one, 2, two, 4, one)).add("a", "b", "c", "d", "e");
            rig.advanceMillis(500);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("dead"))
                    .containsExactly(
                            "500 dead [a, b] one, attempts 1",
                            "500 dead [c] two, attempts 1",
                            "500 dead [e] one, attempts 1");
            assertThat(rig.letters.get(0).cause()).isSameAs(one);
            assertThat(rig.stats().deadLettered()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFutureOfAnItemGivenUpFailsAfterOnDeadLetterReturns(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(ONCE))) {
            Exception cause = new Exception("no");
            CompletableFuture<Void> future = rig.batcher.submit("a");
            future.whenComplete((value, failure) -> rig.record("future " + failure.getMessage() + ", dead lettered "
                    + rig.stats().deadLettered()));
            rig.failWith(cause).advanceMillis(500);
            assertThat(rig.log).endsWith("500 dead [a] no, attempts 1", "500 future no, dead lettered 1");
            assertThat(causeOf(future)).isSameAs(cause);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyAnOnDeadLetterThatThrowsIsCalledAgainAfterTheDelay(CallStyle style) {
        int[] failing = {2};
        BatcherFixture[] it = new BatcherFixture[1];
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        style,
                        builder -> builder.retry(ONCE).maxBatchSize(1).onDeadLetter(letter -> {
                            it[0].record("dead " + letter.items() + ", left " + failing[0]);
                            if (failing[0]-- > 0) {
                                throw new IllegalStateException("store is full");
                            }
                        }))) {
            it[0] = rig;
            rig.fail(1).add("a", "b").advanceMillis(500);
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().deadLettered()).isZero();
            rig.advanceMillis(5_000);
            assertThat(rig.log)
                    .containsExactly(
                            "0 SIZE 1 [a]",
                            "0 failed [a] failure 1, given up",
                            "0 dead [a], left 2",
                            "500 dead [a], left 1",
                            "1000 dead [a], left 0",
                            "1000 SIZE 1 [b]");
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
            assertThat(log.at(Level.WARNING)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheDeadLetterWhoseCallbackThrewIsOfferedAgain(CallStyle style) {
        List<String> offered = new ArrayList<>();
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        style,
                        builder -> builder.retry(ONCE).onDeadLetter(letter -> {
                            offered.addAll(letter.items());
                            if (offered.equals(List.of("a", "b"))) {
                                throw new IllegalStateException("store is full");
                            }
                        }))) {
            rig.failWith(partial(0, new Exception("1"), 1, new Exception("2"), 2, new Exception("3")));
            rig.add("a", "b", "c").advanceMillis(5_000);
            assertThat(offered).containsExactly("a", "b", "b", "c");
            assertThat(rig.stats().deadLettered()).isEqualTo(3);
        }
    }

    @Test
    void withoutOnDeadLetterCountAndCauseAreLogged() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.retry(ONCE).onError(failure -> {}))) {
            IllegalStateException cause = new IllegalStateException("no");
            plain.outcome = () -> {
                throw cause;
            };
            plain.batcher.add("canary");
            plain.batcher.add("canary");
            plain.advanceMillis(500);
            assertThat(log.lines())
                    .containsExactly("SEVERE Batcher \"plain\" gave up 2 items after 1 attempt; "
                            + "set onDeadLetter to keep such items");
            assertThat(log.records().get(0).getThrown()).isSameAs(cause);
            assertThat(plain.batcher.stats().deadLettered()).isEqualTo(2);
            assertThat(plain.batcher.stats().depth()).isZero();
        }
    }

    @Test
    void aRetryOnThatThrowsCountsAsTrue() {
        RetryPolicy throwing = RetryPolicy.builder()
                .retryOn(cause -> {
                    throw new IllegalStateException("predicate");
                })
                .build();
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.retry(throwing))) {
            rig.fail(1).add("a").advanceMillis(1_000);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    private static PartialBatchException partial(Object... indexesAndCauses) {
        Map<Integer, Throwable> causes = new LinkedHashMap<>();
        for (int i = 0; i < indexesAndCauses.length; i += 2) {
            causes.put((Integer) indexesAndCauses[i], (Throwable) indexesAndCauses[i + 1]);
        }
        return new PartialBatchException(causes);
    }
}
