/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneHeapTest {

    private final TestLanes lanes = new TestLanes(TestLanes.builder());
    private final LaneHeap<Integer> heap = new LaneHeap.ByDue<>();

    private ScheduledLane<Integer> lane(int order) {
        ScheduledLane<Integer> lane = lanes.lane(order);
        lane.order = order;
        return lane;
    }

    @Test
    void anEmptyHeapHasNoFirst() {
        assertThat(heap.first()).isNull();
        heap.remove(lane(1));
        assertThat(heap.first()).isNull();
    }

    @Test
    void ofEqualMomentsTheLaneThatBecameKnownFirstIsFirst() {
        ScheduledLane<Integer> one = lane(1);
        ScheduledLane<Integer> two = lane(2);
        heap.put(two, 5);
        heap.put(one, 5);
        assertThat(heap.first()).isSameAs(one);
    }

    @Test
    void momentsAreComparedByTheirDistance() {
        ScheduledLane<Integer> before = lane(1);
        ScheduledLane<Integer> after = lane(2);
        heap.put(after, Long.MIN_VALUE + 10); // the clock has wrapped around
        heap.put(before, Long.MAX_VALUE - 10);
        assertThat(heap.first()).isSameAs(before);
    }

    @Test
    void aLaneMayBeInBothHeaps() {
        LaneHeap<Integer> byWait = new LaneHeap.ByWait<>();
        ScheduledLane<Integer> one = lane(1);
        ScheduledLane<Integer> two = lane(2);
        heap.put(one, 1);
        heap.put(two, 2);
        byWait.put(one, 2);
        byWait.put(two, 1);
        assertThat(heap.first()).isSameAs(one);
        assertThat(byWait.first()).isSameAs(two);
        heap.remove(one);
        assertThat(heap.first()).isSameAs(two);
        byWait.remove(two);
        assertThat(byWait.first()).isSameAs(one);
    }

    /** Lanes are put, moved and removed at random; the first is always the one that a search of all finds. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theFirstIsTheOneThatASearchFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ScheduledLane<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(lane(i));
        }
        Map<ScheduledLane<Integer>, Long> model = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            ScheduledLane<Integer> lane = all.get(random.nextInt(all.size()));
            if (random.nextInt(10) < 4) {
                heap.remove(lane);
                model.remove(lane);
            } else {
                long moment = random.nextLong(20);
                heap.put(lane, moment);
                model.put(lane, moment);
            }
            assertThat(heap.first()).as("after step %s", i).isSameAs(search(model));
        }
        while (!model.isEmpty()) { // also the order of all that are left
            ScheduledLane<Integer> first = heap.first();
            assertThat(first).isSameAs(search(model));
            heap.remove(first);
            model.remove(first);
        }
        assertThat(heap.first()).isNull();
    }

    private static ScheduledLane<Integer> search(Map<ScheduledLane<Integer>, Long> model) {
        ScheduledLane<Integer> first = null;
        for (ScheduledLane<Integer> lane : model.keySet()) {
            long distance = first == null ? -1 : model.get(lane) - model.get(first);
            if (distance < 0 || (distance == 0 && lane.order < first.order)) {
                first = lane;
            }
        }
        return first;
    }
}
