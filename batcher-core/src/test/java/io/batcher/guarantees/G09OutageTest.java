/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestItems.itemsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.PoisonedRig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G9, {@code isolatePoison} without any success: an outage gives up nothing; a single item is probed against the item behind it. */
class G09OutageTest {

    private final PoisonedRig poisoned = new PoisonedRig();

    @ParameterizedTest
    @EnumSource
    void anOutageGivesUpNothing(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 2)) {
            poisoned.outage = true;
            rig.batcher.addMany(itemsOf("abcdefgh"));
            rig.advanceMillis(60_000);
            assertThat(rig.letters).isEmpty();
            assertThat(rig.stats().depth()).isEqualTo(8);
            poisoned.outage = false;
            rig.advanceMillis(100);
            assertThat(poisoned.delivered).isEqualTo(itemsOf("abcdefgh"));
            assertThat(rig.letters).isEmpty();
        }
    }

    /** For 8 items, ceil(log2 n) + 2 is 5. */
    @ParameterizedTest
    @EnumSource
    void aPassWithoutSuccessEndsEarlyAndIsRepeatedAfterTheDelay(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 1)) {
            poisoned.outage = true;
            rig.batcher.addMany(itemsOf("abcdefgh"));
            rig.runReady();
            assertThat(PoisonedRig.story(rig))
                    .containsExactly(
                            "call 1 abcdefgh", "call 2 abcd", "call 3 ab", "call 4 a", "call 4 b", "call 3 cd");
            rig.advanceMillis(99);
            assertThat(rig.log).filteredOn(line -> line.contains("call")).hasSize(6);
            rig.advanceMillis(1);
            assertThat(rig.log).filteredOn(line -> line.startsWith("100 call")).hasSize(5);
            assertThat(rig.stats().depth()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSingleItemWithNoneBehindItIsKept(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 2)) {
            rig.add("A").advanceMillis(60_000);
            assertThat(rig.letters).isEmpty();
            assertThat(rig.stats().depth()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSingleItemIsProbedAgainstTheItemBehindIt(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 2)) {
            rig.add("A").advanceMillis(550);
            rig.add("b", "c").advanceMillis(60_000);
            assertThat(rig.letters).hasSize(1);
            assertThat(rig.letters.get(0).items()).containsExactly("A");
            assertThat(poisoned.delivered).containsExactly("b", "c");
            assertThat(PoisonedRig.story(rig))
                    .containsExactly("call 1 A", "call 2 A", "call 1 b", "dead [A] no, attempts 2", "call 1 c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSingleItemWhoseProbeFailsIsKept(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 2)) {
            poisoned.outage = true;
            rig.add("a").advanceMillis(550);
            rig.add("b", "c").advanceMillis(60_000);
            assertThat(rig.letters).isEmpty();
            assertThat(rig.stats().depth()).isEqualTo(3);
            poisoned.outage = false;
            rig.advanceMillis(1_000);
            assertThat(poisoned.delivered).containsExactly("a", "b", "c");
        }
    }
}
