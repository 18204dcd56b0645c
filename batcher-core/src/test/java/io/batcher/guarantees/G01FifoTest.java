/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchConsumer;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G1: if one add happens before another, its item is delivered first, also across retries. */
class G01FifoTest {

    @ParameterizedTest
    @EnumSource
    void everyMethodThatAddsKeepsTheOrder(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(3))) {
            rig.batcher.add("a");
            rig.batcher.addMany(List.of("b", "c", "d", "e"));
            rig.batcher.offer("f");
            rig.batcher.submit("g");
            rig.batcher.addMany(List.of("h"));
            rig.batcher.submit("i");
            rig.batcher.add("j");
            rig.advanceMillis(500);
            assertThat(rig.batches())
                    .containsExactly(
                            List.of("a", "b", "c"), List.of("d", "e", "f"), List.of("g", "h", "i"), List.of("j"));
        }
    }

    @Test
    void successiveAddsOfDifferentThreadsKeepTheOrder() throws InterruptedException {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.maxBatchSize(7))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String item = "item " + i;
                expected.add(item);
                Thread thread = new Thread(i % 2 == 0 ? () -> rig.add(item) : () -> rig.batcher.submit(item));
                thread.start();
                thread.join();
            }
            rig.advanceMillis(500);
            assertThat(rig.handled).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failedBatchesAreDeliveredBeforeLaterItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.fail(2).add("a", "b", "c", "d", "e");
            rig.advanceMillis(2_000);
            assertThat(rig.log)
                    .containsExactly(
                            "0 SIZE 1 [a, b]",
                            "0 failed [a, b] failure 1, again in 500",
                            "500 SIZE 2 [a, b]",
                            "500 failed [a, b] failure 2, again in 500",
                            "1000 SIZE 3 [a, b]",
                            "1000 SIZE 1 [c, d]",
                            "1000 INTERVAL 1 [e]");
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFailedItemsOfAPartialFailureAreDeliveredBeforeLaterItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(4))) {
            Exception cause = new Exception("no");
            rig.failWith(new PartialBatchException(Map.of(3, cause, 1, cause)));
            rig.add("a", "b", "c", "d", "e", "f", "g", "h").advanceMillis(500);
            assertThat(rig.batches())
                    .containsExactly(List.of("a", "b", "c", "d"), List.of("b", "d"), List.of("e", "f", "g", "h"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void goodItemsOfAPoisonedBatchAreDeliveredInOrderAndBeforeLaterItems(CallStyle style) {
        RetryPolicy isolating =
                RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();
        List<String> delivered = new ArrayList<>();
        BatchConsumer<String> refusesX = batch -> {
            if (batch.contains("x")) {
                throw new IllegalArgumentException("x");
            }
            delivered.addAll(batch);
        };
        try (BatcherFixture rig =
                BatcherFixture.bare(builder -> builder.maxBatchSize(5).retry(isolating))) {
            style.register(rig.batcher, rig.time, refusesX);
            rig.add("a", "b", "x", "c", "d", "e", "f").advanceMillis(500);
            assertThat(delivered).containsExactly("a", "b", "c", "d", "e", "f");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsAddedByTheHandlerAreDeliveredAfterWaitingItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.script.add(batch -> rig.add("e", "f"));
            rig.add("a", "b", "c", "d").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e", "f");
        }
    }

    @ParameterizedTest
    @EnumSource
    void orderHoldsAcrossPauseFlushAndDrain(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.batcher.pause();
            rig.add("a", "b", "c");
            rig.batcher.resume();
            rig.add("d");
            rig.batcher.flush();
            rig.add("e");
            rig.batcher.drain();
            rig.add("f").runReady().add("g").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e", "f", "g");
        }
    }

    @ParameterizedTest
    @EnumSource
    void dropOldestKeepsTheOrderOfTheRemainingItems(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.capacity(3).overflow(Overflow.DROP_OLDEST))) {
            rig.batcher.pause();
            rig.add("a", "b", "c", "d", "e");
            rig.batcher.resume();
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("c", "d", "e");
        }
    }
}
