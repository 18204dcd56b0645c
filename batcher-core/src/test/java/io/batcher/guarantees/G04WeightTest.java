/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G4, the weight of many items: batches longer than a chunk, calls that form several batches, and weights after eviction. */
class G04WeightTest {

    private static BatcherFixture weighing(int maxSize, int maxWeight) {
        return new BatcherFixture(
                CallStyle.SYNC,
                builder ->
                        builder.maxBatchSize(maxSize).maxBatchWeight(maxWeight).weigher(String::length));
    }

    /** A paused fixture with DROP_OLDEST and room for this many items beside a failed batch. */
    private static BatcherFixture evicting(int room, int maxWeight) {
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.capacity(room + 2)
                        .overflow(Overflow.DROP_OLDEST)
                        .maxBatchWeight(maxWeight)
                        .weigher(String::length));
        rig.fail(1).add("x", "y").advanceMillis(500);
        rig.batcher.pause();
        return rig;
    }

    /** Delivers everything and returns the batches behind the failed one. */
    private static List<String> delivered(BatcherFixture rig) {
        rig.log.clear();
        rig.batcher.resume();
        rig.batcher.flush();
        rig.runReady();
        assertThat(rig.log.get(0)).isEqualTo("500 INTERVAL 2 [x, y]");
        return rig.log.subList(1, rig.log.size());
    }

    private static List<String> light(int count) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(Character.toString('A' + i));
        }
        return items;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 32, 33, 50})
    void anyNumberOfLightItemsIsOneBatch(int count) {
        for (boolean atOnce : new boolean[] {true, false}) {
            try (BatcherFixture rig = weighing(100, 100)) {
                add(rig, light(count), atOnce);
                assertThat(rig.advanceMillis(499).calls).isEmpty();
                rig.advanceMillis(1);
                assertThat(rig.log).containsExactly("500 INTERVAL 1 " + light(count));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 32, 33, 50})
    void aBatchOfManyItemsIsFullExactlyAtEitherLimit(int limit) {
        for (boolean atOnce : new boolean[] {true, false}) {
            for (boolean bySize : new boolean[] {true, false}) {
                try (BatcherFixture rig = weighing(bySize ? limit : 100, bySize ? 100 : limit)) {
                    List<String> items = light(limit);
                    add(rig, items.subList(0, limit - 1), atOnce);
                    assertThat(rig.runReady().calls).isEmpty();
                    rig.add(items.get(limit - 1)).runReady();
                    assertThat(rig.log).containsExactly((bySize ? "0 SIZE 1 " : "0 WEIGHT 1 ") + items);
                }
            }
        }
    }

    private static void add(BatcherFixture rig, List<String> items, boolean atOnce) {
        if (atOnce) {
            rig.batcher.addMany(items);
        } else {
            items.forEach(rig::add);
        }
    }

    @Test
    void oneCallMakesSeveralBatches() {
        try (BatcherFixture rig = weighing(3, 5)) {
            rig.batcher.addMany(List.of("aaaa", "bb", "ccc", "d", "e", "", "fffffff", "g", "hhhhh", "i"));
            rig.runReady();
            assertThat(rig.log)
                    .containsExactly(
                            "0 WEIGHT 1 [aaaa]",
                            "0 WEIGHT 1 [bb, ccc]",
                            "0 SIZE 1 [d, e, ]",
                            "0 WEIGHT 1 [fffffff]",
                            "0 WEIGHT 1 [g]",
                            "0 WEIGHT 1 [hhhhh]");
            rig.advanceMillis(500);
            assertThat(rig.log).hasSize(7).endsWith("500 INTERVAL 1 [i]");
        }
    }

    @Test
    void anItemOfWeightZeroDoesNotJoinAFullBatch() {
        try (BatcherFixture rig = weighing(9, 2)) {
            rig.add("aa", "", "bb").runReady();
            assertThat(rig.log).containsExactly("0 WEIGHT 1 [aa]", "0 WEIGHT 1 [, bb]");
        }
    }

    @Test
    void itemsDeliveredByTheIntervalDoNotCountTowardsTheNextBatch() {
        try (BatcherFixture rig = weighing(3, 5)) {
            rig.add("aaaa").advanceMillis(500).add("bb", "cc").advanceMillis(1);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [aaaa]");
            rig.add("d").advanceMillis(1);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [aaaa]", "501 WEIGHT 1 [bb, cc, d]");
        }
    }

    @Test
    void addManyIsAllOrNothingAtTheCapacity() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(3).maxBatchWeight(9).weigher(String::length))) {
            rig.add("a");
            assertThatThrownBy(() -> rig.batcher.addMany(List.of("b", "c", "d")))
                    .isInstanceOf(BatcherFullException.class);
            assertThat(rig.stats().depth()).isEqualTo(1);
            rig.batcher.addMany(List.of("b", "c"));
            assertThat(rig.batcher.offer("d")).isFalse();
            assertThat(rig.runReady().log).containsExactly("0 SIZE 1 [a, b, c]");
        }
    }

    @Test
    void severalEvictedItemsNoLongerCountTowardsTheWeight() {
        try (BatcherFixture rig = evicting(4, 10)) {
            rig.add("aaa", "bb", "c", "dd");
            rig.batcher.addMany(List.of("e", "f"));
            assertThat(rig.dropped).containsExactly("aaa", "bb");
            rig.add("gggggg"); // replaces c: exactly full
            assertThat(delivered(rig)).containsExactly("500 WEIGHT 1 [dd, e, f, gggggg]");
        }
    }

    @Test
    void evictionLeavesExactlyTheWeightOfTheRemainingItems() {
        try (BatcherFixture rig = evicting(5, 10)) {
            rig.add("aaa", "bb", "c", "d");
            rig.batcher.addMany(List.of("e", "f", "g"));
            rig.add("hhhhhhh"); // replaces c: one above the limit
            assertThat(rig.dropped).containsExactly("aaa", "bb", "c");
            assertThat(delivered(rig)).containsExactly("500 WEIGHT 1 [d, e, f, g]", "500 MANUAL 1 [hhhhhhh]");
        }
    }

    @Test
    void evictionFromAFullBatchDoesNotChangeTheWeightOfTheNext() {
        try (BatcherFixture rig = evicting(4, 4)) {
            rig.add("aa", "bb", "c", "d", "ee"); // aa is evicted: c, d and ee are exactly full
            assertThat(rig.dropped).containsExactly("aa");
            assertThat(delivered(rig)).hasSize(2).endsWith("500 WEIGHT 1 [c, d, ee]");
        }
    }

    @Test
    void evictionAcrossTwoBatchesReducesTheWeightOfTheSecond() {
        try (BatcherFixture rig = evicting(4, 4)) {
            rig.add("aa", "bb", "c", "d");
            rig.batcher.addMany(List.of("e", "f", "g"));
            assertThat(rig.dropped).containsExactly("aa", "bb", "c");
            assertThat(delivered(rig)).containsExactly("500 WEIGHT 1 [d, e, f, g]");
        }
    }

    @Test
    void batchesOfARandomRunAreAsLargeAsTheLimitsAllow() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int maxSize = 1 + random.nextInt(40);
            int maxWeight = 1 + random.nextInt(60);
            List<String> expected = new ArrayList<>();
            List<String> batch = new ArrayList<>();
            try (BatcherFixture rig = weighing(maxSize, maxWeight)) {
                for (int call = 0; call < 20; call++) {
                    List<String> items = new ArrayList<>(Collections.nCopies(random.nextInt(30), ""));
                    items.replaceAll(item -> "x".repeat(random.nextInt(5)));
                    for (String item : items) {
                        if (!batch.isEmpty() && weight(batch) + item.length() > maxWeight) {
                            expected.add("0 WEIGHT 1 " + batch);
                            batch.clear();
                        }
                        batch.add(item);
                        if (weight(batch) >= maxWeight || batch.size() == maxSize) {
                            expected.add((weight(batch) >= maxWeight ? "0 WEIGHT 1 " : "0 SIZE 1 ") + batch);
                            batch.clear();
                        }
                    }
                    add(rig, items, random.nextBoolean());
                    rig.runReady();
                    assertThat(rig.log).as("seed %s", seed).isEqualTo(expected);
                }
            }
        }
    }

    private static int weight(List<String> items) {
        return items.stream().mapToInt(String::length).sum();
    }
}
