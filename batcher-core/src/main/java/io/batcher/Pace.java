/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A limit on how often the handler is called. With {@code Pace.of(10, Duration.ofSeconds(1))} at most 10 calls start in any window of
 * one second, wherever it begins; calls are spaced evenly. With a {@linkplain #burst(int) burst} of 3 the first three of a busy period
 * start at once, and a window holds at most 12.
 *
 * <p>Every call counts, also retries and those made by {@code flush} and {@code close}. The limit applies to one batcher in one process.
 *
 * <p>Immutable and thread-safe. Two paces with the same values are equal.
 */
public final class Pace {

    private final int calls;
    private final Duration per;
    private final int burst;

    private Pace(int calls, Duration per, int burst) {
        this.calls = calls;
        this.per = per;
        this.burst = burst;
    }

    /**
     * Returns a pace of this many calls in any window of this length, with a burst of 1.
     *
     * @throws IllegalArgumentException if {@code calls} is less than 1, or {@code per} is not positive or longer than 36500 days
     */
    public static Pace of(int calls, Duration per) {
        Require.argument(calls >= 1, "pace.calls must be at least 1, but was %s", calls);
        return new Pace(calls, Require.positive(per, "pace.per"), 1);
    }

    /**
     * Returns this pace with another burst: how many calls may start at once after a time without calls. A window of length
     * {@link #per} then holds at most {@code calls + burst - 1}. Default: 1, evenly spaced calls.
     *
     * @throws IllegalArgumentException if less than 1, or so many that calls at this pace would take more than 36500 days
     */
    public Pace burst(int burst) {
        Require.argument(burst >= 1, "pace.burst must be at least 1, but was %s", burst);
        Require.argument(
                per.dividedBy(calls).multipliedBy(burst).compareTo(Require.LONGEST) <= 0,
                "pace.burst must be at most 36500 days of calls, but %s calls at %s per %s take longer; lower burst",
                burst,
                calls,
                per);
        return new Pace(calls, per, burst);
    }

    /** Returns the number of calls in a window, with a burst of 1. */
    public int calls() {
        return calls;
    }

    /** Returns the length of the window. */
    public Duration per() {
        return per;
    }

    /** Returns how many calls may start at once. */
    public int burst() {
        return burst;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Pace pace && calls == pace.calls && burst == pace.burst && per.equals(pace.per);
    }

    @Override
    public int hashCode() {
        return Objects.hash(calls, per, burst);
    }

    @Override
    public String toString() {
        return "Pace[calls=" + calls + ", per=" + per + ", burst=" + burst + "]";
    }
}
