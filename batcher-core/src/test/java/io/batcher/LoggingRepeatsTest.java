/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static io.batcher.fixtures.TestExecutors.wrapping;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Hook;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that can repeat with each item, batch or attempt are logged at once, then once a minute with a count. */
class LoggingRepeatsTest {

    private static final IllegalStateException THROWN = new IllegalStateException("callback");

    private static void callMany(Plain plain) {
        for (int i = 0; i < 5_000; i++) {
            plain.batcher.offer("x");
        }
    }

    @Test
    void anOnDropThatThrowsAtEachCallIsLoggedOnceAMinute() {
        for (Overflow policy : new Overflow[] {Overflow.DROP_NEWEST, Overflow.DROP_OLDEST}) {
            try (CapturedLog log = new CapturedLog();
                    Plain plain = new Plain(
                            builder -> builder.capacity(1).overflow(policy).onDrop(item -> {
                                throw THROWN;
                            }))) {
                plain.batcher.stopAutoFlush();
                plain.outcome = () -> {
                    callMany(plain);
                    plain.time.advance(Duration.ofMinutes(1));
                    plain.batcher.offer("y");
                };
                plain.batcher.offer("a");
                plain.advanceMillis(0);
                assertThat(log.lines())
                        .containsExactly(
                                "WARNING Batcher \"plain\" onDrop threw an exception; it is ignored",
                                "WARNING Batcher \"plain\" onDrop threw an exception, 5000 times since the last such line; "
                                        + "it is ignored");
                assertThat(log.records()).allMatch(record -> record.getThrown() == THROWN);
            }
        }
    }

    /** For each callback and listener method that is called per batch or attempt. */
    @ParameterizedTest
    @EnumSource
    void aHookThatThrowsAtEachCallIsLoggedOnceAMinute(Hook hook) {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
                hook.install(builder, THROWN);
                return builder.capacity(1).overflow(Overflow.DROP_NEWEST);
            });
            for (int i = 0;
                    i < 300;
                    i++) { // ten minutes; each round has two attempts, a dead letter, a drop and a success
                rig.fail(2).add("a", "dropped").advanceMillis(1_000);
                rig.add("b").advanceMillis(1_000);
            }
            assertThat(log.at(Level.WARNING)).hasSizeBetween(10, 11).allMatch(record -> record.getThrown() == THROWN);
            assertThat(log.records()).hasSameSizeAs(log.at(Level.WARNING));
            rig.close();
        }
    }

    @Test
    void eachCallbackIsLoggedSeparately() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
                    Hook.ON_ERROR.install(builder, THROWN);
                    Hook.ON_BATCH_FAILED.install(builder, THROWN);
                    return builder;
                })) {
            rig.fail(1).add("a").advanceMillis(500);
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"rig\" onError threw an exception; it is ignored",
                            "WARNING Batcher \"rig\" onBatchFailed threw an exception; it is ignored");
        }
    }

    @Test
    void anOnDeadLetterThatKeepsThrowingIsLoggedOnceAMinute() {
        boolean[] takes = {false};
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.onError(failure -> {})
                        .retry(RetryPolicy.builder().maxAttempts(1).build())
                        .onDeadLetter(letter -> {
                            if (!takes[0]) {
                                throw THROWN;
                            }
                        }))) {
            plain.outcome = () -> {
                throw new IllegalStateException("no");
            };
            plain.batcher.add("a");
            plain.advanceMillis(60_000);
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"plain\" onDeadLetter threw an exception and has not taken its items; "
                                    + "it is called again, unless the batcher is closed");
            plain.advanceMillis(1_000);
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(1)).contains("times since the last such line");
            takes[0] = true;
        }
    }

    @Test
    void itemsGivenUpAreLoggedAtOnceThenOnceAMinuteWithTheirCount() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.onError(failure -> {})
                        .retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            plain.outcome = () -> {
                throw THROWN;
            };
            for (int i = 0; i < 1_000; i++) {
                plain.batcher.addMany(List.of("a", "b"));
                plain.advanceMillis(500);
            }
            assertThat(log.at(Level.SEVERE)).hasSizeBetween(8, 9).allMatch(record -> record.getThrown() == THROWN);
            plain.batcher.close();
            assertThat(sumOfGivenUp(log)).isEqualTo(2_000);
            assertThat(log.at(Level.SEVERE)).hasSizeLessThanOrEqualTo(10);
        }
    }

    /** The message is logged with the next batch, even if that one succeeds. */
    @Test
    void itemsGivenUpSinceTheLastLineAreLoggedWithTheNextBatch() {
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(builder -> builder.onError(failure -> {})
                        .retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            plain.outcome = () -> {
                throw THROWN;
            };
            plain.batcher.add("a");
            plain.advanceMillis(500);
            plain.batcher.addMany(List.of("b", "c"));
            plain.advanceMillis(500);
            assertThat(log.lines())
                    .containsExactly(
                            "SEVERE Batcher \"plain\" gave up 1 item after 1 attempt; set onDeadLetter to keep such items");
            plain.outcome = () -> {};
            plain.advanceMillis(60_000);
            plain.batcher.add("d");
            plain.advanceMillis(500);
            assertThat(log.lines())
                    .hasSize(2)
                    .endsWith("SEVERE Batcher \"plain\" gave up 2 items in several batches since the last such line; "
                            + "set onDeadLetter to keep such items");
            plain.batcher.add("e");
            plain.advanceMillis(60_000);
            assertThat(log.lines()).hasSize(2);
        }
    }

    private static int sumOfGivenUp(CapturedLog log) {
        return log.at(Level.SEVERE).stream()
                .mapToInt(record -> Integer.parseInt(record.getMessage().replaceAll(".*gave up (\\d+) item.*", "$1")))
                .sum();
    }

    @Test
    void virtualMachineErrorsAreLoggedOnceAMinutePerType() {
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            for (int i = 0; i < 100; i++) {
                rig.failWith(new OutOfMemoryError("no")).failWith(new StackOverflowError());
            }
            rig.add("a").advanceMillis(30_000);
            assertThat(log.at(Level.SEVERE)).hasSize(2);
            rig.advanceMillis(60_000);
            assertThat(log.at(Level.SEVERE)).hasSize(4);
        }
    }

    @Test
    void anExecutorThatRejectsNowAndThenIsLoggedOnceAMinute() {
        int[] calls = {0};
        try (CapturedLog log = new CapturedLog();
                Plain plain = new Plain(wrapping((executor, task) -> {
                    if (calls[0]++ % 2 == 0) {
                        throw new RejectedExecutionException("full");
                    }
                    executor.execute(task);
                }))) {
            for (int i = 0; i < 100; i++) {
                plain.batcher.add("a");
                plain.advanceMillis(1_000);
            }
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(1)).matches(".*rejected a task, \\d+ times since the last such line; .*");
        }
    }

    /** Several listeners throw the same two exceptions again and again. */
    @Test
    void aThrownExceptionIsNotModified() {
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second");
        try (CapturedLog log = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
                    for (Throwable thrown : List.of(first, second, second)) {
                        for (Hook hook : Hook.values()) {
                            if (hook.name().startsWith("ON_BATCH")
                                    || hook.name().startsWith("ON_DEAD")) {
                                hook.install(builder, thrown);
                            }
                        }
                    }
                    return builder;
                })) {
            for (int i = 0; i < 50; i++) {
                rig.fail(2).add("a").advanceMillis(1_500);
            }
            assertThat(first.getSuppressed()).isEmpty();
            assertThat(second.getSuppressed()).isEmpty();
            assertThat(first).hasNoCause();
            Throwable logged = log.records().get(0).getThrown();
            assertThat(logged).hasMessage("3 listeners threw").hasCause(first).hasSuppressedException(second);
        }
    }
}
