/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The pace: its values, and those that it rejects with the whole message: option, rule, value. */
class PaceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void itHasItsValuesAndABurstOfOneUnlessSet() {
        Pace pace = Pace.of(10, SECOND);
        assertThat(pace.calls()).isEqualTo(10);
        assertThat(pace.per()).isEqualTo(SECOND);
        assertThat(pace.burst()).isEqualTo(1);
        assertThat(pace.burst(3).burst()).isEqualTo(3);
        assertThat(pace.burst(3).calls()).isEqualTo(10);
        assertThat(pace.burst(3).per()).isEqualTo(SECOND);
        assertThat(pace.burst()).as("immutable").isEqualTo(1);
    }

    @Test
    void twoWithTheSameValuesAreEqual() {
        Pace pace = Pace.of(10, SECOND).burst(3);
        assertThat(pace)
                .isEqualTo(Pace.of(10, Duration.ofMillis(1_000)).burst(3))
                .hasSameHashCodeAs(Pace.of(10, SECOND).burst(3))
                .hasToString("Pace[calls=10, per=PT1S, burst=3]")
                .isNotEqualTo(Pace.of(10, SECOND))
                .isNotEqualTo(Pace.of(9, SECOND).burst(3))
                .isNotEqualTo(Pace.of(10, Duration.ofSeconds(2)).burst(3))
                .isNotEqualTo("Pace");
    }

    @Test
    void aBadValueIsRejectedWithOptionRuleAndValue() {
        assertBad(() -> Pace.of(0, SECOND), "pace.calls must be at least 1, but was 0");
        assertBad(() -> Pace.of(-7, SECOND), "pace.calls must be at least 1, but was -7");
        assertBad(() -> Pace.of(1, Duration.ZERO), "pace.per must be more than zero, but was PT0S");
        assertBad(() -> Pace.of(1, Duration.ofSeconds(-1)), "pace.per must be more than zero, but was PT-1S");
        assertBad(() -> Pace.of(1, Duration.ofDays(36_501)), "pace.per must be at most 36500 days, but was PT876024H");
        assertBad(() -> Pace.of(1, SECOND).burst(0), "pace.burst must be at least 1, but was 0");
        assertBad(() -> Pace.of(1, SECOND).burst(-7), "pace.burst must be at least 1, but was -7");
        assertBad(
                () -> Pace.of(2, Duration.ofDays(36_500)).burst(3),
                "pace.burst must be at most 36500 days of calls, but 3 calls at 2 per PT876000H take longer; lower burst");
        assertThatThrownBy(() -> Pace.of(1, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("pace.per");
    }

    private static void assertBad(Supplier<Pace> pace, String message) {
        assertThatThrownBy(pace::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void valuesAtTheLimitsAreAccepted() {
        assertThat(Pace.of(1, Duration.ofNanos(1)).burst(Integer.MAX_VALUE).burst())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(Pace.of(1, SECOND).burst(5).burst()).as("more than calls").isEqualTo(5);
        assertThat(Pace.of(2, Duration.ofDays(36_500)).burst(2).per()).isEqualTo(Duration.ofDays(36_500));
    }
}
