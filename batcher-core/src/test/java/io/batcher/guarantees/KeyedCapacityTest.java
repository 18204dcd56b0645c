/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherBuilder;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Keys;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G10 with a key: every slot of the capacity is usable however keys fall, a call is refused only if it does not fit, and a key has its bound. */
class KeyedCapacityTest {

    private static UnaryOperator<BatcherBuilder<String>> keyed(boolean batchPerKey) {
        return builder -> builder.key(Keys.FIRST_LETTER).concurrency(4).batchPerKey(batchPerKey);
    }

    private static UnaryOperator<BatcherBuilder<String>> bounded(Overflow overflow) {
        return builder -> keyed(true)
                .apply(builder)
                .capacity(6)
                .capacityPerKey(2)
                .overflow(overflow)
                .maxBlock(Duration.ofSeconds(1));
    }

    /** What lanes have reserved ahead of their items is taken back before a call is refused. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySlotIsUsableHoweverKeysFall(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(4);
        for (int first = 0; first < 4; first++) {
            Collections.rotate(keys, 1);
            try (BatcherFixture it = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> keyed(batchPerKey).apply(builder).capacity(1_000).maxBatchSize(1_000))) {
                it.batcher.pause();
                for (int i = 0; i < 1_000; i++) {
                    String key = keys.get(Math.min(i % 16, 3));
                    assertThat(it.batcher.offer(key + i)).as("item " + i).isTrue();
                }
                assertThat(it.batcher.offer(keys.get(first) + "more")).isFalse();
                assertThat(it.stats().depth()).isEqualTo(1_000);
                assertThat(it.stats().rejected()).isEqualTo(1);
                it.batcher.resume();
            }
        }
    }

    /** Few slots are free, so a lane reserves a few ahead at a time: the item that makes its batch full claims one of them without the lock. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 16, 20})
    void aFullBatchGoesAtOnceAlsoWhenFewSlotsAreFree(int size) {
        List<String> keys = Keys.inDifferentLanes(2);
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.key(Keys.FIRST_LETTER)
                        .concurrency(2)
                        .capacity(2 * size + 20)
                        .maxBatchSize(size))) {
            it.add(keys.get(1) + 0); // has a slot, and slots ahead of it
            for (int round = 1; round <= 3; round++) {
                for (int i = 1; i < size; i++) {
                    it.add(keys.get(0) + i).runReady();
                    assertThat(it.handled).hasSize((round - 1) * size);
                }
                it.add(keys.get(0) + size).runReady();
                assertThat(it.handled).hasSize(round * size);
            }
            it.advanceMillis(500);
            assertThat(it.stats().handled()).isEqualTo(3L * size + 1);
        }
    }

    /** Evicted items leave less than a batch. The item that makes it full again is in the middle of a chunk. */
    @Test
    void aBatchThatIsFullAgainAfterAnEvictionGoesAtOnce() {
        List<String> keys = Keys.inDifferentLanes(2);
        String a = keys.get(0);
        String b = keys.get(1);
        try (BatcherFixture it = BatcherFixture.byHand(builder -> builder.key(Keys.FIRST_LETTER)
                .concurrency(2)
                .capacity(105)
                .maxBatchSize(50)
                .overflow(Overflow.DROP_OLDEST))) {
            it.batcher.addMany(Collections.nCopies(50, b + 0));
            it.runReady(); // is with the handler
            it.batcher.pause();
            it.add(a + 0).advanceMillis(1);
            it.batcher.addMany(Collections.nCopies(53, a + 1));
            it.add(b + 1);
            it.batcher.addMany(Collections.nCopies(6, b + 2));
            assertThat(it.dropped).hasSize(6);
            it.succeed();
            it.batcher.resume();
            it.runReady();
            it.add(a + 2).runReady();
            assertThat(it.calls).as("49 wait").hasSize(1);
            it.add(a + 3).runReady();
            assertThat(it.calls).as("50 wait").hasSize(2);
            it.advanceMillis(500);
            while (!it.stages.isEmpty()) {
                it.succeed();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addManyIsAllOrNothingOverAllLanes(boolean batchPerKey) {
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC, builder -> keyed(batchPerKey).apply(builder).capacity(5))) {
            it.batcher.pause();
            it.batcher.addMany(List.of("a1", "b1", "a2"));
            assertThatThrownBy(() -> it.batcher.addMany(List.of("c1", "a3", "d1")))
                    .isInstanceOf(BatcherFullException.class);
            assertThat(it.stats().depth()).isEqualTo(3);
            it.batcher.addMany(List.of("d2", "a4"));
            assertThat(it.stats().depth()).isEqualTo(5);
            assertThat(it.stats().accepted()).isEqualTo(5);
            it.batcher.resume();
            it.advanceMillis(500);
            assertThat(it.handled.stream().filter(item -> Keys.of(item) == 'a')).containsExactly("a1", "a2", "a4");
            assertThat(it.handled).doesNotContain("c1", "a3", "d1");
        }
    }

    @Test
    void addManyIsContiguousWithinEachLane() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, keyed(true))) {
            it.add("a0");
            it.batcher.addMany(List.of("a1", "b1", "a2", "b2", "a3"));
            it.add("a4").advanceMillis(500);
            assertThat(it.batches())
                    .containsExactlyInAnyOrder(List.of("a0", "a1", "a2", "a3", "a4"), List.of("b1", "b2"));
        }
    }

    @Test
    void whatAThrowingKeyFunctionThrowsGoesToTheCallerAndNothingIsAdded() {
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.key(item -> {
                            if (item.equals("bad")) {
                                throw new IllegalStateException("no key");
                            }
                            return item;
                        })
                        .concurrency(2))) {
            assertThatThrownBy(() -> it.batcher.add("bad")).hasMessage("no key");
            assertThatThrownBy(() -> it.batcher.offer("bad")).hasMessage("no key");
            assertThatThrownBy(() -> it.batcher.addMany(List.of("a", "bad", "b")))
                    .hasMessage("no key");
            assertThat(it.batcher.submit("bad")).isCompletedExceptionally();
            assertThat(it.stats().accepted()).isZero();
            assertThat(it.stats().depth()).isZero();
            it.add("a").advanceMillis(500);
            assertThat(it.handled).containsExactly("a");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropOldestEvictsFromTheLaneThatWaitsLongest(boolean batchPerKey) {
        List<String> keys = Keys.inDifferentLanes(4);
        String a = keys.get(0);
        String b = keys.get(1);
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC,
                builder -> keyed(batchPerKey).apply(builder).capacity(3).overflow(Overflow.DROP_OLDEST))) {
            it.batcher.pause();
            it.add(a + 1, a + 2).advanceMillis(10);
            it.add(b + 1).advanceMillis(10);
            it.add(b + 2, b + 3, b + 4);
            assertThat(it.dropped).containsExactly(a + 1, a + 2, b + 1);
            assertThat(it.stats().depth()).isEqualTo(3);
            it.batcher.resume();
            it.advanceMillis(500);
            assertThat(it.handled).containsExactly(b + 2, b + 3, b + 4);
        }
    }

    @Test
    void dropNewestDropsTheCall() {
        try (BatcherFixture it = new BatcherFixture(
                CallStyle.SYNC,
                builder -> keyed(true).apply(builder).capacity(2).overflow(Overflow.DROP_NEWEST))) {
            it.add("a1", "b1", "c1");
            assertThat(it.dropped).containsExactly("c1");
            assertThat(it.stats().accepted()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyAtItsBoundIsRefusedAndOthersAreNot(CallStyle style) {
        try (BatcherFixture it = new BatcherFixture(style, bounded(Overflow.REJECT))) {
            it.batcher.pause();
            it.add("a1", "a2", "b1");
            assertThatThrownBy(() -> it.batcher.add("a3")).isInstanceOf(BatcherFullException.class);
            assertThatThrownBy(() -> it.batcher.addMany(List.of("c1", "b2", "b3")))
                    .isInstanceOf(BatcherFullException.class);
            it.add("b2", "-1", "-2");
            assertThat(it.batcher.offer("-3")).as("the capacity itself").isFalse();
            assertThat(it.stats().depth()).isEqualTo(6);
            it.batcher.resume();
            it.advanceMillis(500);
            it.add("a3").advanceMillis(500);
            assertThat(it.handled).contains("a3");
        }
    }

    @Test
    void itemsWithoutAKeyHaveNoBound() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, bounded(Overflow.REJECT))) {
            it.batcher.addMany(List.of("-1", "-2", "-3", "-4", "-5"));
            it.add("-6");
            assertThat(it.stats().depth()).isEqualTo(6);
        }
    }

    @Test
    void moreOfOneKeyThanItsBoundInOneCallIsAMistake() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, bounded(Overflow.BLOCK))) {
            assertThatThrownBy(() -> it.batcher.addMany(List.of("a1", "b1", "a2", "a3")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("capacityPerKey")
                    .hasMessageContaining("2")
                    .hasMessageContaining("nothing was added");
            assertThat(it.stats().depth()).isZero();
        }
    }

    @Test
    void aKeyAtItsBoundEvictsItsOwnItems() {
        try (BatcherFixture it = new BatcherFixture(CallStyle.SYNC, bounded(Overflow.DROP_OLDEST))) {
            it.batcher.pause();
            it.add("b1").advanceMillis(1);
            it.add("a1", "a2", "a3", "a4");
            assertThat(it.dropped).containsExactly("a1", "a2");
            assertThat(it.stats().depth()).isEqualTo(3);
        }
    }
}
