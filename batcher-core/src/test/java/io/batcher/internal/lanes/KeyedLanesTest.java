/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherConfig;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.lanes.Lanes.Hurry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a flush costs where each key has a lane: counted as how often the rule is asked. */
class KeyedLanesTest {

    private static final int LANES = 100;

    private final BatcherConfig<Integer> config = TestLanes.builder().config();
    private final KeyedLanes<Integer> lanes = new KeyedLanes<>(config);
    private int asked;

    private void create() {
        lanes.connect(new Rule() {
            @Override
            public boolean isStopped() {
                return false;
            }

            @Override
            public When letter(Lane<?> lane, long now) {
                return When.Never.NEVER;
            }

            @Override
            public When call(Lane<?> lane, long now) {
                asked++;
                return When.Never.NEVER;
            }
        });
        for (int key = 0; key < LANES; key++) {
            lanes.append(new AddRequest<>(List.of(key), key, null, null), 0);
        }
    }

    private int askedByFlush(Hurry hurry, boolean first) {
        asked = 0;
        lanes.flush(hurry, first, 0);
        return asked;
    }

    /** From outside, from a handler, from a callback: the first of the pending ones looks at all lanes, further ones at none. */
    @ParameterizedTest
    @CsvSource({"ALL, ALL", "ALL, ON_TIME", "ALL, NONE", "ON_TIME, ON_TIME", "ON_TIME, NONE", "NONE, NONE"})
    void aFlushBehindOneThatAsksForAsMuchLooksAtNoLane(Hurry before, Hurry further) {
        create();
        assertThat(askedByFlush(before, true)).isEqualTo(LANES);
        assertThat(askedByFlush(further, false)).isZero();
        assertThat(askedByFlush(further, false)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"NONE, ON_TIME", "NONE, ALL", "ON_TIME, ALL"})
    void aFlushThatAsksForMoreThanThoseBeforeLooksAtAllLanesOnce(Hurry before, Hurry further) {
        create();
        lanes.flush(before, true, 0);
        assertThat(askedByFlush(further, false)).isEqualTo(LANES);
        assertThat(askedByFlush(further, false)).isZero();
    }

    @Test
    void theFirstFlushAfterOthersLooksAtAllLanesAgain() {
        create();
        lanes.flush(Hurry.ALL, true, 0);
        assertThat(askedByFlush(Hurry.NONE, true)).isEqualTo(LANES);
        assertThat(askedByFlush(Hurry.ON_TIME, false)).isEqualTo(LANES);
    }
}
