/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedLanesTest {

    private static final int LANES = 8;

    private final TestLanes maker = new TestLanes(TestLanes.builder().maxBatchSize(3));
    private final HashedLanes<Integer> lanes = new HashedLanes<>(LANES, maker::lane);

    @Test
    void aLaneIsMadeForTheFirstItem() {
        assertThat(lanes.all()).isEmpty();
        assertThat(lanes.find("a")).isNull();
        assertThat(lanes.claimable("a")).isNull();
        ScheduledLane<Integer> lane = lanes.laneFor("a");
        assertThat(lanes.find("a")).isSameAs(lane);
        assertThat(lanes.claimable("a")).isSameAs(lane);
        assertThat(lanes.all()).containsExactly(lane);
        assertThat(lanes.count()).as("lanes, used or not").isEqualTo(LANES);
    }

    @Test
    void aLaneStaysWhenItIsEmpty() {
        ScheduledLane<Integer> lane = lanes.laneFor("a");
        assertThat(lanes.remove(lane)).isFalse();
        assertThat(lanes.find("a")).isSameAs(lane);
        assertThat(lanes.isFixed()).isTrue();
    }

    /** A key keeps its lane, and keys of one group, and no others, share one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aKeyAlwaysHasTheSameLane(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Object, ScheduledLane<Integer>> byKey = new HashMap<>();
        Map<Object, ScheduledLane<Integer>> byGroup = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            Object key = random.nextBoolean() ? (Object) random.nextInt(500) : "key " + random.nextInt(500);
            ScheduledLane<Integer> lane = lanes.laneFor(key);
            assertThat(byKey.computeIfAbsent(key, any -> lane)).isSameAs(lane);
            assertThat(byGroup.computeIfAbsent(lanes.group(key), any -> lane)).isSameAs(lane);
        }
        Set<ScheduledLane<Integer>> distinct = new HashSet<>(byKey.values());
        assertThat(distinct).hasSize(LANES);
        assertThat(byGroup).hasSize(LANES);
        assertThat(lanes.all()).containsExactlyInAnyOrderElementsOf(distinct);
    }

    /** Hash codes that differ only in their high bits, only in their low bits, or are multiples, are spread all the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 31, 1_024, 65_536, 1 << 24})
    void keysAreSpreadEvenlyWhateverTheDistanceOfTheirHashCodes(int distance) {
        Map<ScheduledLane<Integer>, Integer> keys = new HashMap<>();
        for (int i = 0; i < 128; i++) {
            keys.merge(lanes.laneFor(i * distance), 1, Integer::sum);
        }
        assertThat(keys).hasSize(LANES);
        assertThat(keys.values()).allSatisfy(count -> assertThat(count).isBetween(4, 40));
    }

    /** Items without a key: compared with a model that looks at all lanes for each choice. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itemsWithoutAKeyFillABatchThenGoToTheNextFreeLane(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ScheduledLane<Integer>> known = new ArrayList<>();
        int[] waiting = new int[LANES];
        int current = -1;
        boolean taken = true; // something has left the current lane, or there is none
        for (int i = 0; i < 3_000; i++) {
            if (random.nextInt(3) > 0) {
                if (taken || waiting[current] >= 3) {
                    current = nextOf(waiting, current);
                    taken = false;
                }
                ScheduledLane<Integer> lane = lanes.laneFor(null);
                TestLanes.add(lane, i, i);
                known = lanes.all();
                waiting[current]++;
                assertThat(known.indexOf(lane)).as("lane of item %s", i).isEqualTo(current);
            } else if (!known.isEmpty()) {
                int from = random.nextInt(known.size());
                if (waiting[from] > 0) {
                    int items = Math.min(3, waiting[from]);
                    TestLanes.settle(known.get(from), items);
                    waiting[from] -= items;
                    taken |= from == current;
                }
            }
        }
    }

    private static int nextOf(int[] waiting, int current) {
        for (int i = 1; i <= LANES; i++) {
            if (waiting[(current + i) % LANES] == 0) {
                return (current + i) % LANES;
            }
        }
        return (current + 1) % LANES; // none waits for a retry
    }
}
