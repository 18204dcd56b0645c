/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherBuilder;
import io.batcher.CloseResult;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Keys;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G12 with a key: a failure ends the drain of its lane, so many in a row that of all; what is left is handed back in order per lane. */
class KeyedCloseTest {

    private static UnaryOperator<BatcherBuilder<String>> perKey(int concurrency) {
        return builder -> builder.key(Keys.FIRST_LETTER)
                .concurrency(concurrency)
                .batchPerKey(true)
                .maxBatchSize(2);
    }

    private static CloseResult<String> close(BatcherFixture it) {
        return it.batcher.close(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @EnumSource
    void closeDeliversWhatAllLanesHave(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.batcher.pause();
            it.add("a1", "b1", "c1", "a2", "a3", "-1");
            CloseResult<String> result = close(it);
            assertThat(result.undelivered()).isEmpty();
            assertThat(result.timedOut()).isFalse();
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1", "c1", "a2", "a3", "-1");
            assertThat(it.handled.indexOf("a1")).isLessThan(it.handled.indexOf("a3"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstFailureEndsTheDrainOfItsLane(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.batcher.pause();
            it.add("a1", "a2", "a3", "b1", "b2", "b3");
            it.fail(1);
            CloseResult<String> result = close(it);
            assertThat(result.undelivered()).containsExactly("a1", "a2", "a3");
            assertThat(it.handled).containsExactly("b1", "b2", "b3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void twiceTheConcurrencyOfFailuresInARowEndItForAll(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.batcher.pause();
            it.add("a1", "b1", "c1", "d1", "a2", "d2");
            it.fail(2);
            CloseResult<String> result = close(it);
            assertThat(it.calls).hasSize(2);
            assertThat(result.undelivered()).containsExactlyInAnyOrder("a1", "a2", "b1", "c1", "d1", "d2");
            assertThat(result.undelivered().indexOf("a1"))
                    .isLessThan(result.undelivered().indexOf("a2"));
            assertThat(result.undelivered().indexOf("d1"))
                    .isLessThan(result.undelivered().indexOf("d2"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSuccessBetweenFailuresStartsTheCountAgain(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.batcher.pause();
            it.add("a1", "b1", "c1", "d1");
            it.fail(1);
            it.script.add(batch -> {});
            it.fail(1);
            assertThat(close(it).undelivered()).containsExactlyInAnyOrder("a1", "c1");
            assertThat(it.handled).containsExactly("b1", "d1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchThatWaitsForARetryGetsOneLastAttempt(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.fail(1);
            it.add("a1", "b1").advanceMillis(500);
            assertThat(close(it).undelivered()).isEmpty();
            assertThat(it.handled).containsExactly("b1", "a1");
        }
    }

    @Test
    void whatIsWithTheHandlerAtTheTimeoutIsHandedBackInTheOrderOfItsLane() {
        try (BatcherFixture it = BatcherFixture.byHand(perKey(2))) {
            it.add("a1", "a2", "b1", "a3", "b2", "c1").runReady();
            assertThat(it.batches()).containsExactly(List.of("a1", "a2"), List.of("b1", "b2"));
            CloseResult<String> result = it.batcher.close(Duration.ZERO);
            assertThat(result.timedOut()).isTrue();
            assertThat(result.undelivered()).containsExactlyInAnyOrder("a1", "a2", "a3", "b1", "b2", "c1");
            assertThat(result.undelivered().stream().filter(item -> Keys.of(item) == 'a'))
                    .containsExactly("a1", "a2", "a3");
            assertThat(it.stats().handedBack()).isEqualTo(6);
            assertThat(it.stats().lanes()).isZero();
            it.succeed().succeed();
            assertThat(it.stats().handled()).as("a late success is not counted").isZero();
        }
    }

    @Test
    void lanesDrainSideBySide() {
        try (BatcherFixture it = BatcherFixture.byHand(perKey(3))) {
            it.batcher.pause();
            it.add("a1", "b1", "c1", "d1");
            it.time.schedule(() -> it.stages.remove().complete(null), Duration.ofSeconds(9));
            it.time.schedule(() -> it.stages.remove().complete(null), Duration.ofSeconds(9));
            it.time.schedule(() -> it.stages.remove().complete(null), Duration.ofSeconds(9));
            CloseResult<String> result = close(it);
            assertThat(it.handled).containsExactlyInAnyOrder("a1", "b1", "c1");
            assertThat(result.undelivered()).containsExactly("d1");
            assertThat(result.timedOut()).isTrue();
        }
    }
}
