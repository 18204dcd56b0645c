/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanePerKeyTest {

    private static final int MANY = 300_000;

    private final TestLanes maker = new TestLanes(TestLanes.builder());
    private final LanePerKey<Integer> lanes = new LanePerKey<>(2, maker::lane);

    @Test
    void aLaneExistsFromTheFirstItemOfAKeyUntilItIsRemoved() {
        assertThat(lanes.find("a")).isNull();
        ScheduledLane<Integer> lane = lanes.laneFor("a");
        assertThat(lanes.find("a")).isSameAs(lane);
        assertThat(lanes.laneFor("a")).isSameAs(lane);
        assertThat(lanes.claimable("a")).as("only under the lock").isNull();
        assertThat(lanes.remove(lane)).isTrue();
        assertThat(lanes.find("a")).isNull();
        assertThat(lanes.count()).isZero();
    }

    @Test
    void aLaneThatHasAnotherInItsPlaceIsNotRemoved() {
        ScheduledLane<Integer> first = lanes.laneFor("a");
        lanes.remove(first);
        ScheduledLane<Integer> second = lanes.laneFor("a");
        lanes.remove(first);
        assertThat(lanes.find("a")).isSameAs(second);
    }

    @Test
    void itemsWithoutAKeyHaveLanesOfTheirOwn() {
        ScheduledLane<Integer> lane = lanes.laneFor(null);
        assertThat(lane.key()).isEmpty();
        assertThat(lanes.count()).isGreaterThanOrEqualTo(1);
        lanes.remove(lane);
        assertThat(lanes.all()).doesNotContain(lane);
    }

    /** Lanes come and go at random, in waves of many and few keys: always those that a plain map has. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theLanesAreThoseOfAPlainMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Object, ScheduledLane<Integer>> model = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            boolean grows = i / 2_000 % 2 == 0;
            Object key = random.nextInt(1_000);
            if (random.nextInt(10) < (grows ? 8 : 1)) {
                ScheduledLane<Integer> lane = lanes.laneFor(key);
                assertThat(model.computeIfAbsent(key, any -> lane)).isSameAs(lane);
            } else if (model.containsKey(key)) {
                lanes.remove(model.remove(key));
            }
            assertThat(lanes.count()).isEqualTo(model.size());
        }
        assertThat(lanes.all()).containsExactlyInAnyOrderElementsOf(model.values());
        model.forEach((key, lane) -> assertThat(lanes.find(key)).isSameAs(lane));
    }

    /** A table for this many keys is 2 MB. The lanes are gone in both cases, so what is left is the table. */
    @Test
    void theTableOfManyKeysIsNotKept() {
        long before = usedBytes();
        for (int i = 0; i < MANY; i++) {
            lanes.laneFor(i);
        }
        assertThat(lanes.keysProvidedFor()).isEqualTo(MANY);
        lanes.all().forEach(lanes::remove);
        assertThat(lanes.keysProvidedFor()).isLessThan(100);
        assertThat(usedBytes() - before).as("bytes of %s idle keys", MANY).isLessThan(MANY);
        assertThat(lanes.count()).isZero();
    }

    /** Not each time that one key of many goes: a replacement copies at most an eighth of the keys that have gone since the last. */
    @Test
    void theTableIsReplacedRarely() {
        for (int i = 0; i < 10_000; i++) {
            lanes.laneFor(i);
        }
        int replaced = 0;
        int before = lanes.keysProvidedFor();
        for (int i = 0; i < 10_000; i++) {
            ScheduledLane<Integer> lane = lanes.find(i);
            assertThat(lane).isNotNull();
            lanes.remove(lane);
            replaced += lanes.keysProvidedFor() == before ? 0 : 1;
            before = lanes.keysProvidedFor();
        }
        assertThat(replaced).isBetween(1, 4);
    }

    /** Returns the least of several measurements: garbage and threads of other tests disturb a single one. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
