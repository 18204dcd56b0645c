/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.PartialBatchException;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * G8: with {@link PartialBatchException} the named items stay, in order, and the others are handled; naming none, or an index outside
 * the batch, counts as a full failure.
 */
class G08PartialFailureTest {

    private static final Exception NO = new Exception("no");

    @ParameterizedTest
    @EnumSource
    void theNamedItemsStayInOrderAndTheOthersAreHandled(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(named(4, 1, 2)).add("a", "b", "c", "d", "e", "f").advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(3);
            assertThat(rig.stats().depth()).isEqualTo(3);
            assertThat(rig.stats().failedAttempts()).isEqualTo(1);
            assertThat(rig.stats().batches()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b, c, d, e, f]",
                            "500 failed [a, b, c, d, e, f] 3 items of the batch failed, again in 500",
                            "1000 INTERVAL 2 [b, c, e]");
            assertThat(rig.stats().handled()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFailureHasTheWholeBatchAndTheExceptionItself(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            PartialBatchException thrown = named(1);
            rig.failWith(thrown).add("a", "b").advanceMillis(500);
            assertThat(rig.failures.get(0).cause()).isSameAs(thrown);
            assertThat(rig.failures.get(0).batch()).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRemainingItemsHaveANewIdAndTheNextAttempt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(named(0, 2)).fail(1).failWith(named(1)).add("a", "b", "c");
            rig.advanceMillis(2_000);
            assertThat(rig.batches())
                    .containsExactly(List.of("a", "b", "c"), List.of("a", "c"), List.of("a", "c"), List.of("c"));
            assertThat(rig.calls).extracting(Batch::attempt).containsExactly(1, 2, 3, 4);
            List<String> ids = rig.calls.stream().map(Batch::id).toList();
            assertThat(ids.get(1)).isNotEqualTo(ids.get(0)).isEqualTo(ids.get(2));
            assertThat(ids.get(3)).isNotIn(ids.subList(0, 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void namingAllItemsKeepsTheBatchAndItsId(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.failWith(named(0, 1)).add("a", "b").advanceMillis(1_000);
            assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("a", "b"));
            assertThat(rig.calls.get(1).id()).isEqualTo(rig.calls.get(0).id());
        }
    }

    static Stream<PartialBatchException> namingNothingUseful() {
        return Stream.of(
                new PartialBatchException(Map.of()),
                named(-1),
                named(2),
                named(0, 2),
                named(Integer.MIN_VALUE, 1),
                named(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("namingNothingUseful")
    void namingNoneOrAnIndexOutsideTheBatchIsAFullFailure(PartialBatchException thrown) {
        for (CallStyle style : CallStyle.values()) {
            try (BatcherFixture rig = new BatcherFixture(style)) {
                rig.failWith(thrown).add("a", "b").advanceMillis(500);
                assertThat(rig.stats().handled()).isZero();
                assertThat(rig.stats().depth()).isEqualTo(2);
                assertThat(rig.failures.get(0).cause()).isSameAs(thrown);
                rig.advanceMillis(500);
                assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("a", "b"));
                assertThat(rig.calls.get(1).id()).isEqualTo(rig.calls.get(0).id());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void futuresOfTheHandledItemsCompleteAndTheOthersStayPending(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            CompletableFuture<Void> good = rig.batcher.submit("a");
            CompletableFuture<Void> bad = rig.batcher.submit("b");
            rig.failWith(named(1)).advanceMillis(500);
            assertThat(good).isCompleted();
            assertThat(bad).isNotDone();
            rig.advanceMillis(500);
            assertThat(bad).isCompleted();
        }
    }

    @Test
    void aStageMayFailWithAWrappedPartialFailure() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a", "b").advanceMillis(500);
            rig.stages.remove().completeExceptionally(new CompletionException(named(1)));
            rig.runReady();
            assertThat(rig.stats().handled()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(rig.batches()).endsWith(List.of("b"));
            rig.succeed();
        }
    }

    @Test
    void theHandledItemsMakeRoom() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(3))) {
            rig.failWith(named(1)).add("a", "b", "c").runReady();
            rig.add("d", "e");
            assertThat(rig.batcher.offer("f")).isFalse();
            rig.advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(5);
        }
    }

    @Test
    void laterBatchesWaitBehindTheRemainingItems() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.maxBatchSize(2))) {
            rig.failWith(named(0)).add("a", "b", "c", "d").runReady();
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(500);
            assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("a"), List.of("c", "d"));
        }
    }

    @Test
    void aPartialFailureCountsAsAConsecutiveFailure() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.failWith(named(0)).failWith(named(0)).add("a", "b").advanceMillis(1_000);
            assertThat(rig.stats().consecutiveFailures()).isEqualTo(2);
            rig.advanceMillis(500);
            assertThat(rig.stats().consecutiveFailures()).isZero();
        }
    }

    private static PartialBatchException named(int... indexes) {
        Map<Integer, Exception> causes = new HashMap<>();
        for (int index : indexes) {
            causes.put(index, NO);
        }
        return new PartialBatchException(causes);
    }
}
