/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatcherBuilder;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Keys;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G2 and G7 with a key: order is kept per key, a lane has one call at a time, and at most {@code concurrency} calls run at once. */
class KeyedOrderTest {

    private static UnaryOperator<BatcherBuilder<String>> keyed(int concurrency) {
        return builder -> builder.key(Keys.FIRST_LETTER).concurrency(concurrency);
    }

    private static UnaryOperator<BatcherBuilder<String>> perKey(int concurrency) {
        return builder ->
                builder.key(Keys.FIRST_LETTER).concurrency(concurrency).batchPerKey(true);
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfAKeyAreDeliveredInOrderAlsoAcrossRetries(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.fail(3);
            it.add("a1", "b1", "a2", "b2", "c1", "a3");
            it.advanceMillis(500);
            it.add("a4", "b3", "c2");
            it.advanceMillis(5_000);
            assertThat(it.handled.stream().filter(item -> Keys.of(item) == 'a'))
                    .containsExactly("a1", "a2", "a3", "a4");
            assertThat(it.handled.stream().filter(item -> Keys.of(item) == 'b')).containsExactly("b1", "b2", "b3");
            assertThat(it.handled.stream().filter(item -> Keys.of(item) == 'c')).containsExactly("c1", "c2");
            assertThat(it.calls).allSatisfy(KeyedOrderTest::assertOneKey);
        }
    }

    private static void assertOneKey(Batch<String> batch) {
        assertThat(batch.stream().map(Keys::of).distinct()).hasSize(1);
        assertThat(batch.key()).isEqualTo(Optional.of(Keys.of(batch.get(0))));
    }

    @Test
    void withoutABatchPerKeyABatchHasNoKey() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, keyed(1))) {
            it.add("a1", "b1").advanceMillis(500);
            assertThat(it.batches()).containsExactly(List.of("a1", "b1"));
            assertThat(it.calls.get(0).key()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neverTwoCallsOfALaneAndAtMostTheConcurrencyAtOnce(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(2);
        try (BatcherFixture it = BatcherFixture.byHand(
                builder -> keyed(2).apply(builder).batchPerKey(batchPerKey).maxBatchSize(1))) {
            String a = keys.get(0);
            String b = keys.get(1);
            it.add(a + 1, a + 2, b + 1, b + 2).runReady();
            assertThat(it.batches()).containsExactly(List.of(a + 1), List.of(b + 1));
            it.succeed();
            assertThat(it.batches()).hasSize(3).endsWith(List.of(a + 2));
            it.succeed();
            assertThat(it.batches()).hasSize(4).endsWith(List.of(b + 2));
            it.succeed().succeed();
        }
    }

    @Test
    void atMostTheConcurrencyOfKeysHasACall() {
        try (BatcherFixture it = BatcherFixture.byHand(perKey(3))) {
            it.add("a1", "b1", "c1", "d1", "e1").advanceMillis(500);
            assertThat(it.batches()).containsExactly(List.of("a1"), List.of("b1"), List.of("c1"));
            assertThat(it.stats().inFlight()).isEqualTo(3);
            it.succeed();
            assertThat(it.batches()).hasSize(4).endsWith(List.of("d1"));
            while (!it.stages.isEmpty()) {
                it.succeed();
            }
            assertThat(it.handled).containsExactly("a1", "b1", "c1", "d1", "e1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLaneThatWaitsForARetryHoldsUpNoOther(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(1))) {
            it.fail(1);
            it.add("a1", "b1").advanceMillis(500);
            assertThat(it.handled).containsExactly("b1");
            it.add("a2", "b2").advanceMillis(499);
            assertThat(it.handled).containsExactly("b1");
            it.advanceMillis(1);
            assertThat(it.handled).startsWith("b1").contains("a1", "a2", "b2");
            assertThat(it.handled.indexOf("a1")).isLessThan(it.handled.indexOf("a2"));
        }
    }

    /** One round of the ready lanes: the coldest key waits for one batch of the hot one at most. */
    @ParameterizedTest
    @EnumSource
    void theColdestKeyBesideAHotOneIsServedInOneRound(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(
                style, builder -> perKey(1).apply(builder).maxBatchSize(2).eager(true))) {
            it.batcher.pause();
            it.add("a1", "a2", "a3", "a4", "a5", "a6", "b1", "c1");
            it.batcher.resume();
            it.runReady();
            assertThat(it.batches())
                    .containsExactly(
                            List.of("a1", "a2"),
                            List.of("b1"),
                            List.of("c1"),
                            List.of("a3", "a4"),
                            List.of("a5", "a6"));
        }
    }

    @Test
    void itemsWithoutAKeyStayTogetherUntilTheirBatchIsTaken() {
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> keyed(2).apply(builder).maxBatchSize(3))) {
            it.add("-1", "-2").advanceMillis(500);
            it.add("-3", "-4").advanceMillis(500);
            assertThat(it.batches()).containsExactly(List.of("-1", "-2"), List.of("-3", "-4"));
            it.add("-5").advanceMillis(500);
            assertThat(it.stats().inFlight()).as("both lanes have a call").isEqualTo(4);
            it.succeed().succeed().advanceMillis(500);
            it.succeed();
            assertThat(it.handled).containsExactly("-1", "-2", "-3", "-4", "-5");
        }
    }

    @Test
    void itemsWithoutAKeyGoOnWhenTheirBatchIsFull() {
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).maxBatchSize(2))) {
            it.add("-1", "-2", "-3", "-4", "-5", "a1").advanceMillis(500);
            assertThat(it.batches()).containsExactly(List.of("-1", "-2"), List.of("-3", "-4"));
            assertThat(it.calls).allSatisfy(batch -> assertThat(batch.key()).isEmpty());
            it.succeed().succeed().succeed().succeed();
            assertThat(it.handled).contains("-5", "a1");
        }
    }

    @Test
    void aLaneExistsWhileItsKeyHasItems() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, perKey(2))) {
            assertThat(it.stats().lanes()).isZero();
            it.add("a1", "b1", "a2", "-1");
            assertThat(it.stats().lanes()).isEqualTo(3);
            it.advanceMillis(500);
            assertThat(it.stats().lanes()).isZero();
            assertThat(it.stats().accepted()).isEqualTo(4);
        }
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, keyed(7))) {
            assertThat(it.stats().lanes()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theIntervalRunsPerLane(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, perKey(2))) {
            it.add("a1").advanceMillis(300);
            it.add("b1", "a2").advanceMillis(600);
            assertThat(it.log).containsExactly("500 INTERVAL 1 [a1, a2]", "800 INTERVAL 1 [b1]");
        }
    }

    @Test
    void manyLanesStartTheirCallsAtOnce() {
        List<String> added = new ArrayList<>();
        try (BatcherFixture it = BatcherFixture.byHand(perKey(20))) {
            for (char key = 'a'; key < 'a' + 20; key++) {
                added.add(key + "1");
                it.batcher.add(key + "1");
            }
            it.advanceMillis(500);
            assertThat(it.calls).hasSize(20);
            assertThat(it.millis()).isEqualTo(500);
            while (!it.stages.isEmpty()) {
                it.succeed();
            }
            assertThat(it.handled).containsExactlyElementsOf(added);
            assertThat(it.batcher.close(Duration.ZERO).undelivered()).isEmpty();
        }
    }

    /** The lane waits for a thread that settles its stage; another due lane does not take its place meanwhile. */
    @Test
    void aStageIsSettledAfterTheExecutorHasRefusedTheTaskForIt() {
        AtomicBoolean refuses = new AtomicBoolean();
        VirtualTime[] time = new VirtualTime[1];
        try (BatcherFixture it =
                BatcherFixture.byHand(builder -> perKey(2).apply(builder).executor(task -> {
                    if (refuses.get()) {
                        throw new RejectedExecutionException("busy");
                    }
                    time[0].schedule(task, Duration.ZERO);
                }))) {
            time[0] = it.time;
            it.add("a1", "b1").advanceMillis(500);
            assertThat(it.calls).hasSize(2);
            it.add("c1");
            refuses.set(true);
            it.succeed().advanceMillis(499);
            refuses.set(false);
            assertThat(it.stats().handled()).isZero();
            it.advanceMillis(1_000);
            assertThat(it.stats().handled()).isEqualTo(1);
            assertThat(it.batches()).hasSize(3).endsWith(List.of("c1"));
            it.succeed().succeed();
            assertThat(it.stats().depth()).isZero();
        }
    }

    @Test
    void manyKeysNeedOneTimerAndIdleOnesNone() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, perKey(4))) {
            for (char key = 'a'; key <= 'z'; key++) {
                it.batcher.add(key + "1");
                it.advanceMillis(1);
            }
            assertThat(it.time.pendingTimers()).isEqualTo(1);
            it.advanceMillis(500);
            assertThat(it.handled).hasSize(26);
            assertThat(it.time.pendingTimers()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFullBatchOfALaneIsDueAtOnceAndOthersAreNot(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(2);
        String a = keys.get(0);
        String b = keys.get(1);
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC,
                builder -> keyed(2).apply(builder).batchPerKey(batchPerKey).maxBatchSize(3))) {
            it.add(a + 1, b + 1, a + 2, b + 2).runReady();
            assertThat(it.calls).isEmpty();
            it.add(a + 3).runReady();
            assertThat(it.log).containsExactly("0 SIZE 1 [" + a + "1, " + a + "2, " + a + "3]");
            it.advanceMillis(500);
            assertThat(it.log).hasSize(2).endsWith("500 INTERVAL 1 [" + b + "1, " + b + "2]");
        }
    }
}
