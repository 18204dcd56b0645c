/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherListener;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G9, time: a dead letter is offered at once and has a delay of its own; an isolation pass begins at once whatever delay came before
 * it; a flush fails with the exception of a dead-letter callback.
 */
class G09OnTimeTest {

    private static final RetryPolicy ONCE = RetryPolicy.builder().maxAttempts(1).build();

    /** The numbers of the dead letters, from 1, for which the callback throws. */
    private final List<Integer> refused = new ArrayList<>();

    private BatcherFixture rig(CallStyle style) {
        BatcherFixture[] it = new BatcherFixture[1];
        int[] letters = new int[1];
        it[0] = new BatcherFixture(
                style,
                builder -> builder.retry(ONCE).maxBatchSize(1).onDeadLetter(letter -> {
                    letters[0]++;
                    it[0].record("letter " + letters[0] + " " + letter.items());
                    if (refused.contains(letters[0])) {
                        throw new IllegalStateException("store is full " + letters[0]);
                    }
                }));
        return it[0];
    }

    private static List<String> letters(BatcherFixture rig) {
        return rig.log.stream().filter(line -> line.contains("letter")).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aFlushThatOffersADeadLetterFailsIfTheCallbackThrows(CallStyle style) {
        refused.addAll(List.of(1, 2));
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = rig(style)) {
            rig.fail(1).add("a").runReady().advanceMillis(100);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("store is full 2");
            rig.advanceMillis(5_000);
            assertThat(letters(rig)).containsExactly("0 letter 1 [a]", "100 letter 2 [a]", "500 letter 3 [a]");
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushThatOffersADeadLetterSucceedsIfTheCallbackReturns(CallStyle style) {
        refused.add(1);
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = rig(style)) {
            rig.fail(1).add("a").runReady().advanceMillis(100);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(flushed).isCompleted();
            assertThat(letters(rig)).containsExactly("0 letter 1 [a]", "100 letter 2 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDelayOfADeadLetterOfferedEarlyDoesNotApplyToTheNext(CallStyle style) {
        refused.add(1);
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = rig(style)) {
            rig.fail(1).add("a").runReady().advanceMillis(100);
            rig.batcher.flush();
            rig.advanceMillis(100);
            rig.fail(1).add("b").advanceMillis(5_000);
            assertThat(letters(rig)).containsExactly("0 letter 1 [a]", "100 letter 2 [a]", "200 letter 3 [b]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPassStartedByAnEarlyAttemptRunsAtOnce(CallStyle style) {
        RetryPolicy isolating = RetryPolicy.builder()
                .retryOn(cause -> !(cause instanceof IOException))
                .maxAttempts(9)
                .isolatePoison(true)
                .build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(isolating))) {
            IOException bad = new IOException("bad");
            rig.fail(1).failWith(bad).add("a", "b").advanceMillis(600);
            rig.script.add(batch -> {});
            rig.failWith(bad);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed)).isSameAs(bad);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b]",
                            "500 failed [a, b] failure 1, again in 500",
                            "600 INTERVAL 2 [a, b]",
                            "600 failed [a, b] bad, again in 0",
                            "600 INTERVAL 3 [a]",
                            "600 INTERVAL 3 [b]",
                            "600 failed [b] bad, given up",
                            "600 dead [b] bad, attempts 3");
        }
    }

    @Test
    void aDeadLetterThatTheCallbackHoldsIsNotHandedBack() {
        List<CloseResult<String>> results = new ArrayList<>();
        List<DeadLetter<?>> heard = new ArrayList<>();
        BatcherFixture[] it = new BatcherFixture[1];
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.retry(ONCE)
                        .onDeadLetter(letter -> closeElsewhere(it[0].batcher, results))
                        .listener(new BatcherListener() {
                            @Override
                            public void onDeadLetter(DeadLetter<?> letter) {
                                heard.add(letter);
                            }
                        }));
        it[0] = rig;
        rig.fail(1).add("a").advanceMillis(500).advanceMillis(5_000);
        assertThat(results).containsExactly(new CloseResult<>(List.of(), true));
        assertThat(heard).hasSize(1);
        assertThat(rig.stats().handedBack()).isZero();
        assertThat(rig.stats().deadLettered()).isEqualTo(1);
        rig.close();
    }

    private static void closeElsewhere(Batcher<String> batcher, List<CloseResult<String>> results) {
        Thread closing = new Thread(() -> results.add(batcher.close(Duration.ZERO)), "closing");
        closing.start();
        try {
            closing.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
