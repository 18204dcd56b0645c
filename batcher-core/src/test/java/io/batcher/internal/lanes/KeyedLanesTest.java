/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.Claimed;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.lanes.Lanes.Hurry;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs no look at all lanes, and no lock: a further flush, counted as how often the rule is asked, and items for slots reserved ahead. */
class KeyedLanesTest {

    private static final int LANES = 100;

    private KeyedLanes<Integer> lanes = new KeyedLanes<>(TestLanes.builder().config());
    private final NothingDue rule = new NothingDue();

    private void create() {
        lanes.connect(rule);
        for (int key = 0; key < LANES; key++) {
            lanes.append(call(key), 0);
        }
    }

    private static AddRequest<Integer> call(int item) {
        return new AddRequest<>(List.of(item), item, null, null);
    }

    private int askedByFlush(Hurry hurry, boolean first) {
        int before = rule.asked();
        lanes.flush(hurry, first, 0);
        return rule.asked() - before;
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

    /** A part of what is free: a sixteenth with 8 lanes, but 8 slots if so many are free. */
    @ParameterizedTest
    @CsvSource({"1, 0", "5, 4", "9, 8", "20, 8", "145, 9"})
    void anAddReservesSlotsAheadWhichOthersClaimWithoutTheLock(int capacity, int ahead) {
        lanes = new KeyedLanes<>(Batcher.<Integer>builder("ahead")
                .key(item -> item)
                .concurrency(8)
                .capacity(capacity)
                .config());
        lanes.connect(rule);
        lanes.append(call(1), 0);
        ItemBuffer<Integer> buffer = Objects.requireNonNull(lanes.claimable(1)).buffer();
        int claimed = 0;
        while (buffer.tryAddToShared(1, null) != Claimed.NONE) {
            claimed++;
        }
        assertThat(claimed).isEqualTo(ahead);
    }

    @Test
    void theFirstFlushAfterOthersLooksAtAllLanesAgain() {
        create();
        lanes.flush(Hurry.ALL, true, 0);
        assertThat(askedByFlush(Hurry.NONE, true)).isEqualTo(LANES);
        assertThat(askedByFlush(Hurry.ON_TIME, false)).isEqualTo(LANES);
    }
}
