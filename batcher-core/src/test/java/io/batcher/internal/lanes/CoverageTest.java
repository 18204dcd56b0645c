/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {

    private final TestLanes lanes = new TestLanes(TestLanes.builder());
    private final Coverage<Integer> coverage = new Coverage<>();

    private void add(ScheduledLane<Integer> lane) {
        coverage.adding(lane);
        TestLanes.add(lane, 1, 0);
    }

    private void settle(ScheduledLane<Integer> lane, int items) {
        TestLanes.settle(lane, items);
        coverage.settled(lane);
    }

    @Test
    void aMarkWithoutItemsIsReachedAtOnce() {
        long mark = coverage.mark();
        assertThat(coverage.settledUpTo()).isEqualTo(mark);
    }

    @Test
    void aMarkIsReachedWhenAllLanesHaveSettledWhatCameBefore() {
        ScheduledLane<Integer> one = lanes.lane("a");
        ScheduledLane<Integer> two = lanes.lane("b");
        add(one);
        add(two);
        long mark = coverage.mark();
        add(one);
        settle(one, 1);
        assertThat(coverage.settledUpTo()).isLessThan(mark);
        settle(two, 1);
        assertThat(coverage.settledUpTo()).isEqualTo(mark);
    }

    @Test
    void aFlushMakesDueWhatCameBeforeIt() {
        ScheduledLane<Integer> lane = lanes.lane("a");
        add(lane);
        coverage.flush(lane);
        assertThat(lane.isFlushed()).isFalse();
        coverage.mark();
        add(lane);
        coverage.flush(lane);
        assertThat(lane.isFlushed()).isTrue();
        settle(lane, 1);
        assertThat(lane.isFlushed()).as("what came after it").isFalse();
    }

    @Test
    void aFlushThatHasFailedMakesNothingDue() {
        ScheduledLane<Integer> lane = lanes.lane("a");
        add(lane);
        coverage.mark();
        coverage.flush(lane);
        coverage.endFlush(lane);
        coverage.flush(lane);
        assertThat(lane.isFlushed()).isFalse();
        coverage.mark();
        coverage.flush(lane);
        assertThat(lane.isFlushed()).as("by the next flush").isTrue();
    }

    /** Compared with a model that knows for each unsettled item how many marks there were before it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void marksAreReachedAsInAModelThatKnowsAllItems(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ScheduledLane<Integer>> all = new ArrayList<>();
        List<ArrayDeque<Long>> model = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(lanes.lane(i));
            model.add(new ArrayDeque<>());
        }
        long marks = 0;
        for (int i = 0; i < 5_000; i++) {
            int lane = random.nextInt(all.size());
            int action = random.nextInt(10);
            if (action < 4) {
                add(all.get(lane));
                model.get(lane).addLast(marks);
            } else if (action < 8) {
                int items = Math.min(1 + random.nextInt(3), model.get(lane).size());
                if (items > 0) {
                    settle(all.get(lane), items);
                }
                for (int settled = 0; settled < items; settled++) {
                    model.get(lane).removeFirst();
                }
            } else {
                marks = coverage.mark();
            }
            long settledUpTo = marks;
            for (ArrayDeque<Long> unsettled : model) {
                settledUpTo = unsettled.isEmpty() ? settledUpTo : Math.min(settledUpTo, unsettled.getFirst());
            }
            assertThat(coverage.settledUpTo()).as("after step %s", i).isEqualTo(settledUpTo);
        }
    }
}
