/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Pace;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link PaceLimiter}: no window ever holds more calls than the pace allows, and none of them is wasted. */
class PaceLimiterTest {

    private static final int STARTS = 10_000;

    static Stream<Pace> paces() {
        return Stream.of(
                Pace.of(1, Duration.ofNanos(1)),
                Pace.of(1, Duration.ofSeconds(1)),
                Pace.of(1, Duration.ofSeconds(1)).burst(7),
                Pace.of(3, Duration.ofNanos(10)),
                Pace.of(3, Duration.ofNanos(10)).burst(2),
                Pace.of(7, Duration.ofNanos(3)),
                Pace.of(7, Duration.ofSeconds(1)),
                Pace.of(7, Duration.ofSeconds(1)).burst(3),
                Pace.of(10, Duration.ofSeconds(1)).burst(10),
                Pace.of(999, Duration.ofMillis(1)).burst(50),
                Pace.of(1_000, Duration.ofHours(1)),
                Pace.of(3, Duration.ofDays(36_500)).burst(3));
    }

    /** Returns the starts of calls that ask as soon as they may, too early, or after a break, all at random. */
    private static long[] starts(Pace pace, long from, Random random) {
        long even = Math.max(1, pace.per().toNanos() / pace.calls());
        PaceLimiter limiter = new PaceLimiter(pace, from);
        long[] starts = new long[STARTS];
        long now = from;
        for (int i = 0; i < STARTS; ) {
            if (limiter.tryStart(now)) {
                starts[i++] = now - from;
            }
            now = switch (random.nextInt(8)) {
                case 0 -> now + 1 + (long) (random.nextDouble() * even);
                case 1 -> random.nextInt(20) == 0 && even < 1L << 40 ? now + even * (pace.burst() + 3L) : now;
                case 2 -> now;
                default -> now - limiter.notBefore() >= 0 ? now : limiter.notBefore();
            };
        }
        return starts;
    }

    private static int inFullestWindow(long[] starts, long per) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < starts.length; last++) {
            while (starts[last] - starts[first] >= per) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    @ParameterizedTest
    @MethodSource("paces")
    void noHalfOpenWindowHoldsMoreThanThePaceAllows(Pace pace) {
        for (long seed = 0; seed < 20; seed++) {
            long[] starts = starts(pace, 0, new Random(seed));
            assertThat(inFullestWindow(starts, pace.per().toNanos()))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(pace.calls() + pace.burst() - 1);
        }
    }

    @ParameterizedTest
    @MethodSource("paces")
    void aClockThatWrapsAroundChangesNothing(Pace pace) {
        long[] expected = starts(pace, 0, new Random(42));
        for (long from : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - pace.per().toNanos(), Long.MIN_VALUE, -1}) {
            assertThat(starts(pace, from, new Random(42))).isEqualTo(expected);
        }
    }

    @Test
    void callsAreSpacedEvenlyWithoutABurst() {
        assertThat(greedy(Pace.of(4, Duration.ofSeconds(1)), 6)).containsExactly(0, 250, 500, 750, 1_000, 1_250);
    }

    @Test
    void aBurstStartsAtOnceAndIsRegainedInATimeWithoutCalls() {
        Pace pace = Pace.of(4, Duration.ofSeconds(1)).burst(3);
        assertThat(greedy(pace, 6)).containsExactly(0, 0, 0, 250, 500, 750);
        PaceLimiter limiter = limiterAfter(pace, 3);
        assertThat(limiter.tryStart(millis(499))).isTrue();
        assertThat(limiter.tryStart(millis(499))).isFalse();
        assertThat(limiter.tryStart(millis(500))).isTrue();
        assertThat(limiter.tryStart(millis(10_000))).isTrue();
        assertThat(limiter.tryStart(millis(10_000))).isTrue();
        assertThat(limiter.tryStart(millis(10_000))).isTrue();
        assertThat(limiter.tryStart(millis(10_000))).isFalse();
        assertThat(limiter.notBefore()).isEqualTo(millis(10_250));
    }

    @Test
    void anIntervalThatIsNoWholeNanosecondIsRoundedUp() {
        PaceLimiter limiter = limiterAfter(Pace.of(3, Duration.ofNanos(10)), 1);
        assertThat(limiter.notBefore()).isEqualTo(4);
        assertThat(limiter.tryStart(3)).isFalse();
        assertThat(limiter.tryStart(4)).isTrue();
    }

    @Test
    void aRefusedCallTakesNoPermit() {
        PaceLimiter limiter = limiterAfter(Pace.of(1, Duration.ofSeconds(1)), 1);
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.tryStart(millis(999))).isFalse();
        }
        assertThat(limiter.tryStart(millis(1_000))).isTrue();
    }

    @Test
    void theFirstCallMayStartAtOnce() {
        for (long now : new long[] {0, Long.MAX_VALUE, Long.MIN_VALUE, -5}) {
            assertThat(new PaceLimiter(Pace.of(1, Duration.ofDays(36_500)), now).tryStart(now))
                    .isTrue();
        }
    }

    private static PaceLimiter limiterAfter(Pace pace, int starts) {
        PaceLimiter limiter = new PaceLimiter(pace, 0);
        for (int i = 0; i < starts; i++) {
            limiter.tryStart(0);
        }
        return limiter;
    }

    private static long[] greedy(Pace pace, int calls) {
        PaceLimiter limiter = new PaceLimiter(pace, 0);
        long[] now = new long[1];
        return LongStream.range(0, calls)
                .map(i -> {
                    now[0] = Math.max(now[0], limiter.notBefore());
                    assertThat(limiter.tryStart(now[0])).isTrue();
                    return now[0] / 1_000_000;
                })
                .toArray();
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
