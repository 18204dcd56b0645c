/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G10: never more than {@code capacity} items; REJECT throws; DROP_* report every dropped item; DROP_OLDEST evicts only items never
 * attempted, and if those do not suffice the new call is dropped; buffer memory grows with the content.
 */
class G10BoundedTest {

    private static BatcherFixture rig(Overflow policy, int capacity) {
        return new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(capacity).overflow(policy));
    }

    @Test
    void rejectThrowsAtTheFirstItemThatDoesNotFit() {
        try (BatcherFixture rig = rig(Overflow.REJECT, 2)) {
            rig.add("a", "b");
            assertThatThrownBy(() -> rig.add("c"))
                    .isInstanceOf(BatcherFullException.class)
                    .hasMessage(
                            "batcher \"rig\" is full: its capacity of 2 items is used up and the overflow policy is REJECT");
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().rejected()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(rig.add("c").runReady().handled).containsExactly("a", "b");
            assertThat(rig.advanceMillis(500).handled).containsExactly("a", "b", "c");
        }
    }

    @Test
    void capacityCountsWaitingFrozenAndInFlightTogether() {
        try (BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.capacity(4).maxBatchSize(2))) {
            rig.add("a", "b").runReady(); // in flight
            rig.add("c", "d");
            assertThat(rig.batcher.offer("e")).isFalse();
            assertThat(rig.stats().inFlight()).isEqualTo(2);
            rig.failStage("no"); // frozen
            assertThat(rig.batcher.offer("e")).isFalse();
            assertThat(rig.stats().depth()).isEqualTo(4);
            rig.advanceMillis(500).succeed();
            assertThat(rig.batcher.offer("e")).isTrue();
            assertThat(rig.batcher.offer("f")).isTrue();
            assertThat(rig.batcher.offer("g")).isFalse();
            rig.succeed().succeed();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REJECT", "BLOCK"})
    void addManyIsAllOrNothing(Overflow policy) {
        try (BatcherFixture rig = rig(policy, 3)) {
            rig.batcher.pause();
            rig.add("a", "b");
            assertThatThrownBy(() -> rig.batcher.addMany(List.of("c", "d"))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.stats().depth()).isEqualTo(2);
            assertThat(rig.stats().rejected()).isEqualTo(2);
            rig.batcher.addMany(List.of("c"));
            assertThat(rig.stats().depth()).isEqualTo(3);
        }
    }

    @Test
    void dropNewestDropsAndReportsNewItems() {
        try (BatcherFixture rig = rig(Overflow.DROP_NEWEST, 2)) {
            rig.batcher.pause();
            rig.add("a", "b", "c");
            assertThat(rig.batcher.offer("d")).isFalse();
            CompletableFuture<Void> submitted = rig.batcher.submit("e");
            rig.batcher.addMany(List.of("f", "g"));
            assertThat(rig.dropped).containsExactly("c", "d", "e", "f", "g");
            assertThat(causeOf(submitted)).isInstanceOf(BatcherFullException.class);
            assertThat(rig.stats().dropped()).isEqualTo(5);
            assertThat(rig.stats().accepted()).isEqualTo(7);
            assertThat(rig.stats().rejected()).isZero();
            rig.batcher.resume();
            assertThat(rig.runReady().handled).containsExactly("a", "b");
        }
    }

    @Test
    void dropNewestDropsACollectionAsAWhole() {
        try (BatcherFixture rig = rig(Overflow.DROP_NEWEST, 3)) {
            rig.batcher.pause();
            rig.add("a", "b");
            rig.batcher.addMany(List.of("c", "d"));
            assertThat(rig.dropped).containsExactly("c", "d");
            assertThat(rig.batcher.offer("e")).isTrue();
        }
    }

    @Test
    void dropOldestEvictsAndReportsTheOldest() {
        try (BatcherFixture rig = rig(Overflow.DROP_OLDEST, 3)) {
            rig.batcher.pause();
            CompletableFuture<Void> first = rig.batcher.submit("a");
            rig.add("b", "c");
            assertThat(rig.batcher.offer("d")).isTrue();
            assertThat(causeOf(first)).isInstanceOf(BatcherFullException.class);
            CompletableFuture<Void> kept = rig.batcher.submit("e");
            rig.batcher.addMany(List.of("f", "g"));
            assertThat(rig.dropped).containsExactly("a", "b", "c", "d");
            assertThat(kept).isNotDone();
            rig.batcher.resume();
            assertThat(rig.runReady().handled).containsExactly("e", "f", "g");
            assertThat(kept).isCompleted();
            assertThat(rig.stats().dropped()).isEqualTo(4);
        }
    }

    @Test
    void dropOldestEvictsNoMoreThanNeeded() {
        try (BatcherFixture rig = rig(Overflow.DROP_OLDEST, 5)) {
            rig.batcher.pause();
            rig.add("a", "b", "c", "d");
            rig.batcher.addMany(List.of("e", "f", "g"));
            assertThat(rig.dropped).containsExactly("a", "b");
            rig.batcher.addMany(List.of("1", "2", "3", "4", "5"));
            assertThat(rig.dropped).containsExactly("a", "b", "c", "d", "e", "f", "g");
        }
    }

    @Test
    void dropOldestNeverEvictsItemsInFlight() {
        try (BatcherFixture rig = BatcherFixture.byHand(
                builder -> builder.capacity(3).maxBatchSize(2).overflow(Overflow.DROP_OLDEST))) {
            rig.add("a", "b").runReady();
            rig.add("c", "d");
            assertThat(rig.dropped).containsExactly("c");
            rig.succeed().advanceMillis(500).succeed();
            assertThat(rig.handled).containsExactly("a", "b", "d");
        }
    }

    @ParameterizedTest
    @EnumSource
    void dropOldestDropsTheNewCallInsteadOfAttemptedItems(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.capacity(3).overflow(Overflow.DROP_OLDEST))) {
            rig.fail(1).add("a", "b").advanceMillis(500).add("c"); // a and b are frozen
            rig.batcher.addMany(List.of("d", "e"));
            assertThat(rig.dropped).containsExactly("d", "e");
            assertThat(rig.batcher.offer("f")).isTrue();
            assertThat(rig.dropped).containsExactly("d", "e", "c");
            rig.advanceMillis(1_000);
            assertThat(rig.handled).containsExactly("a", "b", "f");
        }
    }

    @Test
    void dropOldestDropsTheNewItemIfAllOthersWereAttempted() {
        try (BatcherFixture rig = rig(Overflow.DROP_OLDEST, 2)) {
            rig.fail(1).add("a", "b").runReady();
            rig.add("c");
            assertThat(rig.batcher.offer("d")).isFalse();
            assertThat(causeOf(rig.batcher.submit("e"))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.dropped).containsExactly("c", "d", "e");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void evictedItemsNoLongerCountTowardsTheWeight() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.capacity(3)
                        .overflow(Overflow.DROP_OLDEST)
                        .maxBatchWeight(10)
                        .weigher(String::length))) {
            rig.fail(1).add("x").advanceMillis(500); // so that nothing else is delivered
            rig.add("aaaaaa", "b", "c", "dd", "eeee").advanceMillis(499);
            assertThat(rig.dropped).containsExactly("aaaaaa", "b", "c");
            rig.advanceMillis(1_000);
            assertThat(rig.handled).containsExactly("x", "dd", "eeee");
            assertThat(rig.calls.get(2)).hasSize(2);
        }
    }

    @Test
    void theCapacityIsNeverExceededInARandomRun() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int capacity = 1 + random.nextInt(9);
            int size = 1 + random.nextInt(capacity);
            Overflow policy = Overflow.values()[random.nextInt(4)];
            try (BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.capacity(capacity)
                            .maxBatchSize(size)
                            .overflow(policy)
                            .maxBlock(java.time.Duration.ofMillis(10)))) {
                List<String> asked = new ArrayList<>();
                for (int i = 0; i < 80; i++) {
                    List<String> items = new ArrayList<>();
                    for (int j = random.nextInt(Math.min(4, capacity + 1)); j >= 0 && items.size() < capacity; j--) {
                        items.add("item " + asked.size());
                        asked.add("item " + asked.size());
                    }
                    try {
                        rig.batcher.addMany(items);
                    } catch (BatcherFullException full) {
                        asked.removeAll(items);
                        asked.addAll(java.util.Collections.nCopies(items.size(), "refused"));
                    }
                    assertThat(rig.stats().depth()).as("seed %s", seed).isBetween(0, capacity);
                    switch (random.nextInt(5)) {
                        case 0 -> rig.advanceMillis(random.nextInt(600));
                        case 1 -> rig.fail(1);
                        case 2 -> rig.batcher.pause();
                        case 3 -> rig.batcher.resume();
                        default -> rig.batcher.flush();
                    }
                }
                rig.script.clear();
                rig.batcher.resume();
                rig.advanceMillis(600_000);
                asked.removeAll(rig.dropped);
                asked.removeIf("refused"::equals);
                assertThat(rig.handled).as("seed %s", seed).isEqualTo(asked);
            }
        }
    }

    @Test
    void memoryGrowsWithTheContentNotTheCapacity() {
        List<BatcherFixture> rigs = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.capacity(Integer.MAX_VALUE).maxBatchSize(Integer.MAX_VALUE));
            rigs.add(rig.add("a", "b"));
        }
        rigs.forEach(rig -> assertThat(rig.advanceMillis(500).handled).containsExactly("a", "b"));
        rigs.forEach(BatcherFixture::close);
    }
}
