/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestItems.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G10, how much DROP_OLDEST evicts: exactly what is needed beyond the free room; nothing if evicting everything would not suffice. */
class G10EvictionTest {

    private static final int LARGEST = 7;

    private static BatcherFixture rig(int capacity, int size, boolean weighed) {
        return new BatcherFixture(CallStyle.SYNC, builder -> {
            builder.capacity(capacity).maxBatchSize(size).overflow(Overflow.DROP_OLDEST);
            return weighed ? builder.maxBatchWeight(1_000).weigher(String::length) : builder;
        });
    }

    @Test
    void freeRoomIsUsedBeforeAnyItemIsEvicted() {
        try (BatcherFixture rig = rig(5, 2, false)) {
            rig.batcher.pause();
            rig.add("a", "b", "c"); // d fits beside c, and e after them
            rig.batcher.addMany(List.of("d", "e", "f", "g"));
            assertThat(rig.dropped).containsExactly("a", "b");
            rig.batcher.resume();
            assertThat(rig.advanceMillis(500).handled).containsExactly("c", "d", "e", "f", "g");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exactlyTheOldestItemsAreEvicted(boolean weighed) {
        for (int capacity = 1; capacity <= LARGEST; capacity++) {
            for (int size = 1; size <= capacity; size++) {
                for (int waiting = 0; waiting <= capacity; waiting++) {
                    for (int coming = 1; coming <= capacity; coming++) {
                        evict(rig(capacity, size, weighed), waiting, coming);
                    }
                }
            }
        }
    }

    private static void evict(BatcherFixture rig, int waiting, int coming) {
        try (CapturedLog quiet = new CapturedLog();
                rig) {
            int capacity = rig.stats().capacity();
            int lacking = Math.max(0, waiting + coming - capacity);
            rig.batcher.pause();
            numbered(0, waiting).forEach(rig::add);
            rig.batcher.addMany(numbered(waiting, coming));
            assertThat(rig.dropped).isEqualTo(numbered(0, lacking));
            rig.batcher.resume();
            rig.advanceMillis(500);
            assertThat(rig.handled).isEqualTo(numbered(lacking, waiting + coming - lacking));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void attemptedItemsLeaveTheRestOfTheCapacity(boolean weighed) {
        for (int attempted = 1; attempted < LARGEST; attempted++) {
            for (int coming = 1; coming <= LARGEST; coming++) {
                try (BatcherFixture rig = rig(LARGEST, LARGEST, weighed)) {
                    List<String> expected = new ArrayList<>(numbered(0, attempted));
                    rig.fail(1).batcher.addMany(expected);
                    rig.advanceMillis(500).add("waits");
                    List<String> items = numbered(attempted, coming);
                    rig.batcher.addMany(items);
                    int room = LARGEST - attempted;
                    if (coming < room) {
                        expected.add("waits");
                    }
                    if (coming <= room) {
                        expected.addAll(items);
                        assertThat(rig.dropped).isEqualTo(coming == room ? List.of("waits") : List.of());
                    } else {
                        expected.add("waits");
                        assertThat(rig.dropped).isEqualTo(items);
                    }
                    rig.advanceMillis(1_000);
                    assertThat(rig.handled).isEqualTo(expected);
                }
            }
        }
    }
}
