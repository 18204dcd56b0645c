/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherStats;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G3: a batch leaves memory only after the handler succeeded, or its items were dead-lettered, dropped by policy, or handed back by
 * close; {@code accepted = handled + deadLettered + dropped + handedBack + depth} at any moment; nothing is delivered twice unless an
 * attempt failed. {@link BatcherFixture} checks the equation at each event.
 */
class G03NothingClearedEarlyTest {

    @ParameterizedTest
    @EnumSource
    void itemsStayInMemoryUntilTheHandlerSucceeds(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> assertThat(rig.stats().depth()).isEqualTo(2));
            rig.add("a", "b");
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().inFlight()).isZero();

            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(rig.stats().depth()).isZero();
            assertThat(rig.stats().handled()).isEqualTo(2);
        }
    }

    @Test
    void anAsynchronousBatchStaysInMemoryUntilItsStageCompletes() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a", "b").advanceMillis(60_000);
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().inFlight()).isEqualTo(2);
            rig.succeed();
            assertThat(rig.stats().depth()).isZero();
            assertThat(rig.stats().inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedBatchIsKept(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.fail(3).add("a", "b").advanceMillis(1_600);
            assertThat(rig.calls).hasSize(3);
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().inFlight()).isZero();
            assertThat(rig.stats().handled()).isZero();

            rig.advanceMillis(400);
            assertThat(rig.stats().depth()).isZero();
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterAPartialFailureOnlyTheNamedItemsAreKept(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(new PartialBatchException(Map.of(1, new Exception("no"))));
            rig.add("a", "b", "c").advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(2);
            assertThat(rig.stats().depth()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsGivenUpStayInMemoryUntilOnDeadLetterReturns(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        List<Integer> depths = new ArrayList<>();
        BatcherFixture[] it = new BatcherFixture[1];
        try (BatcherFixture rig = new BatcherFixture(
                style,
                builder -> builder.retry(once)
                        .onDeadLetter(letter -> depths.add(it[0].stats().depth())))) {
            it[0] = rig;
            rig.fail(1).add("a", "b").advanceMillis(500);
            assertThat(depths).containsExactly(2);
            assertThat(rig.stats().depth()).isZero();
            assertThat(rig.stats().deadLettered()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP_NEWEST", "DROP_OLDEST"})
    void droppedItemsAreCountedAsAcceptedAndDropped(Overflow policy) {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(2).overflow(policy))) {
            rig.batcher.pause();
            rig.add("a", "b", "c");
            assertThat(rig.dropped).containsExactly(policy == Overflow.DROP_NEWEST ? "c" : "a");
            assertThat(rig.stats().accepted()).isEqualTo(3);
            assertThat(rig.stats().dropped()).isEqualTo(1);
            assertThat(rig.stats().rejected()).isZero();
            assertThat(rig.stats().depth()).isEqualTo(2);
        }
    }

    @Test
    void rejectedItemsAreNotCountedAsAccepted() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(2))) {
            rig.add("a", "b");
            assertThat(rig.batcher.offer("c")).isFalse();
            assertThat(rig.batcher.submit("d")).isCompletedExceptionally();
            assertThat(rig.stats().accepted()).isEqualTo(2);
            assertThat(rig.stats().rejected()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsHandedBackAreCounted(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style);
        rig.fail(9).add("a", "b");
        assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).containsExactly("a", "b");
        assertThat(rig.stats().handedBack()).isEqualTo(2);
        assertThat(rig.stats().depth()).isZero();
        assertThat(rig.stats().accepted()).isEqualTo(2);
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void withoutFailuresNothingIsDeliveredTwice(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(3))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                expected.add("item " + i);
                rig.add("item " + i);
                switch (i % 10) {
                    case 1 -> rig.batcher.pause();
                    case 3 -> rig.batcher.resume();
                    case 5 -> rig.batcher.flush();
                    case 7 -> rig.advanceMillis(250);
                    case 8 -> rig.batcher.drain();
                    case 9 -> rig.batcher.startAutoFlush();
                    default -> rig.runReady();
                }
            }
            rig.batcher.close(Duration.ofSeconds(1));
            assertThat(rig.handled).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCountersAddUpForEveryOutcome(CallStyle style) {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        BatcherFixture rig = new BatcherFixture(
                style,
                builder -> builder.capacity(4)
                        .maxBatchSize(2)
                        .overflow(Overflow.DROP_OLDEST)
                        .retry(twice));
        rig.add("handled", "handled").runReady();
        rig.fail(2).add("dead", "dead").advanceMillis(500);
        rig.batcher.pause();
        rig.add("dropped", "left", "left", "left", "left");
        rig.fail(1).batcher.close(Duration.ofSeconds(1));
        BatcherStats stats = rig.stats();
        assertThat(List.of(
                        stats.accepted(),
                        stats.handled(),
                        stats.deadLettered(),
                        stats.dropped(),
                        stats.handedBack(),
                        (long) stats.depth()))
                .containsExactly(9L, 2L, 2L, 1L, 4L, 0L);
        rig.close();
    }
}
