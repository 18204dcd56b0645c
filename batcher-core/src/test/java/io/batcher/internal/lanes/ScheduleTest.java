/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Overflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    /** For {@link #dueAt}: never. */
    private static final long NEVER = Long.MAX_VALUE;

    private static final int LANES = 6;

    private final TestLanes maker = new TestLanes(TestLanes.builder());
    private final Schedule<Integer> schedule = new Schedule<>(10, Overflow.REJECT, new Coverage<>());
    private final List<ScheduledLane<Integer>> lanes = new ArrayList<>();

    /** When the next batch of each lane is due. */
    private final long[] dueAt = new long[LANES];

    private boolean stopped;
    private int asked;

    ScheduleTest() {
        Arrays.fill(dueAt, NEVER);
        for (int i = 0; i < LANES; i++) {
            lanes.add(maker.lane(i));
        }
        schedule.connect(new Rule() {
            @Override
            public boolean isStopped() {
                return stopped;
            }

            @Override
            public When letter(Lane<?> lane, long now) {
                return When.Never.NEVER;
            }

            @Override
            public When call(Lane<?> lane, long now) {
                asked++;
                long at = dueAt[lanes.indexOf(lane)];
                return at == NEVER ? When.Never.NEVER : When.from(at, When.Due.INTERVAL, now);
            }
        });
    }

    private void file(int lane, long at, long now) {
        dueAt[lane] = at;
        schedule.file(lanes.get(lane), now);
    }

    private When next(long now) {
        return schedule.next(null, true, now);
    }

    private int take(long now) {
        assertThat(next(now)).isInstanceOf(When.Due.class);
        return lanes.indexOf(schedule.take());
    }

    @Test
    void aLaneThatIsStillDueGoesToTheEndOfTheRow() {
        file(0, 0, 0);
        file(1, 0, 0);
        assertThat(take(0)).isZero();
        schedule.release(lanes.get(0));
        file(0, 0, 0);
        assertThat(take(0)).isEqualTo(1);
        assertThat(take(0)).isZero();
    }

    @Test
    void aServedLaneIsNotTakenAgain() {
        file(0, 0, 0);
        take(0);
        file(0, 0, 0);
        assertThat(next(0)).isEqualTo(When.Never.NEVER);
    }

    @Test
    void whatWasDueMayHaveBeenWithdrawn() {
        file(0, 0, 0);
        dueAt[0] = NEVER;
        assertThat(next(0)).isEqualTo(When.Never.NEVER);
    }

    @Test
    void noCallBeginsWhileAnotherOneIsAboutToTakeAPermit() {
        file(0, 0, 0);
        assertThat(schedule.next(null, false, 0)).isEqualTo(When.Never.NEVER);
        assertThat(next(0)).isEqualTo(When.Due.INTERVAL);
    }

    @Test
    void neitherAPauseNorItsEndAsksAllLanes() {
        for (int i = 0; i < LANES; i++) {
            file(i, i, 0);
        }
        stopped = true;
        asked = 0;
        assertThat(next(100)).isEqualTo(When.Never.NEVER);
        assertThat(asked).as("lanes asked in the pause").isZero();
        stopped = false;
        assertThat(next(1)).isEqualTo(When.Due.INTERVAL);
        assertThat(asked)
                .as("lanes asked afterwards, of which one was due before")
                .isLessThanOrEqualTo(3);
    }

    /** Compared with a model that asks all lanes: due ones in the order in which they became so, else the earliest moment. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theNextLaneIsTheOneThatASearchFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ArrayDeque<Integer> row = new ArrayDeque<>();
        List<Integer> served = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 5_000; i++) {
            int filed = -1;
            int action = random.nextInt(10);
            if (action < 4) {
                filed = random.nextInt(LANES);
                file(filed, random.nextInt(5) == 0 ? NEVER : now + random.nextInt(20) - 3, now);
            } else if (action < 7) {
                now += random.nextInt(4);
            } else if (action < 9 && !served.isEmpty()) {
                filed = served.remove(random.nextInt(served.size()));
                schedule.release(lanes.get(filed));
                schedule.file(lanes.get(filed), now);
            }
            refresh(row, served, filed, now);
            When next = next(now);
            if (row.isEmpty()) {
                long earliest = IntStream.range(0, LANES)
                        .filter(it -> !served.contains(it))
                        .mapToLong(it -> dueAt[it])
                        .min()
                        .orElse(NEVER);
                assertThat(next)
                        .as("after step %s", i)
                        .isEqualTo(earliest == NEVER ? When.Never.NEVER : new When.At(earliest));
            } else if (random.nextInt(3) == 0) {
                assertThat(next).as("after step %s", i).isEqualTo(When.Due.INTERVAL);
                int taken = lanes.indexOf(schedule.take());
                assertThat(taken).as("after step %s", i).isEqualTo(row.removeFirst());
                served.add(taken);
            }
        }
    }

    /** What was filed is up to date at once; what becomes due by time follows, the earliest first. */
    private void refresh(ArrayDeque<Integer> row, List<Integer> served, int filed, long now) {
        row.removeIf(it -> served.contains(it) || dueAt[it] == NEVER || dueAt[it] > now);
        if (filed >= 0 && !served.contains(filed) && dueAt[filed] <= now && !row.contains(filed)) {
            row.addLast(filed);
        }
        IntStream.range(0, LANES)
                .filter(it -> !served.contains(it) && dueAt[it] <= now && !row.contains(it))
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(it -> dueAt[it]).thenComparing(it -> lanes.get(it).order))
                .forEach(row::addLast);
    }
}
