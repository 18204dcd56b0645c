/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G20: what was added is delivered, after any number of ends of the process. */
class G20DurableTest {

    private final StoredFixture rig = new StoredFixture();

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void itemsAreDeliveredAfterAnIntervalAndLeaveTheStore(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style)) {
            process.batcher.add("a");
            process.batcher.addMany(List.of("b", "c"));
            assertThat(rig.database.size()).isEqualTo(3);
            assertThat(rig.handled).isEmpty();
            rig.advanceMillis(499);
            assertThat(rig.handled).isEmpty();
            rig.advanceMillis(1);
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(rig.calls).hasSize(1);
            assertThat(rig.database.size()).isZero();
            assertThat(process.batcher.stats().handled()).isEqualTo(3);
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    /** A read has at most 16 MB: the second item is left behind, though the first is less than half of it. */
    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void anItemThatAReadLeavesBehindForItsBytesIsReadNext(CallStyle style) {
        rig.maxItemSize = 16 << 20;
        try (StoredFixture.Process process = rig.start(style)) {
            process.batcher.addMany(List.of("a".repeat(7 << 20), "b".repeat(10 << 20)));
            rig.advanceMillis(500);
            assertThat(rig.handled).extracting(String::length).containsExactly(7 << 20, 10 << 20);
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void whatWasAddedIsDeliveredByTheNextProcess(CallStyle style) {
        StoredFixture.Process first = rig.start(style);
        first.batcher.addMany(List.of("a", "b", "c"));
        first.kill();
        rig.advance(StoredFixture.LEASE);
        assertThat(rig.handled).isEmpty();
        try (StoredFixture.Process second = rig.start(style)) {
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(second.batcher.stats().depth()).isZero();
        }
    }
}
