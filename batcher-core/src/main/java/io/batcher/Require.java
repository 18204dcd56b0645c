/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the values of options. Every message names the option, the rule and the value. */
final class Require {

    /** The longest duration of an option. In nanoseconds it fits a long, with room for additions. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private Require() {}

    static void argument(boolean holds, String message, @Nullable Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(message, values));
        }
    }

    static Duration positive(Duration value, String option) {
        Objects.requireNonNull(value, option);
        argument(value.compareTo(Duration.ZERO) > 0, "%s must be more than zero, but was %s", option, value);
        return notTooLong(value, option);
    }

    static Duration notNegative(Duration value, String option) {
        Objects.requireNonNull(value, option);
        argument(!value.isNegative(), "%s must not be negative, but was %s", option, value);
        return notTooLong(value, option);
    }

    static int atLeastOne(int value, String option) {
        return (int) atLeastOne((long) value, option);
    }

    static long atLeastOne(long value, String option) {
        argument(value >= 1, "%s must be at least 1, but was %s", option, value);
        return value;
    }

    private static Duration notTooLong(Duration value, String option) {
        argument(value.compareTo(LONGEST) <= 0, "%s must be at most 36500 days, but was %s", option, value);
        return value;
    }
}
