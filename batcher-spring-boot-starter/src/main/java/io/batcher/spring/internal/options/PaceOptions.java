/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.options;

import io.batcher.Pace;
import io.batcher.spring.BatcherProperties;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the options of a pace from several layers; later ones override. Every message names option, rule and value. */
final class PaceOptions {

    private @Nullable Integer calls;
    private @Nullable Duration per;
    private @Nullable Integer burst;

    PaceOptions add(BatcherProperties.Pace layer) {
        calls = layer.calls() == null ? calls : layer.calls();
        per = layer.per() == null ? per : layer.per();
        burst = layer.burst() == null ? burst : layer.burst();
        return this;
    }

    /**
     * Checks each value by itself.
     *
     * @throws IllegalArgumentException with option, rule and value
     */
    void checkValues() {
        Pace.of(calls == null ? 1 : calls, per == null ? Duration.ofNanos(1) : per);
        Pace.of(1, Duration.ofNanos(1)).burst(burst == null ? 1 : burst);
    }

    /**
     * Returns the pace; empty if no option is set.
     *
     * @throws IllegalArgumentException if a value is bad, or an option is missing that another one needs
     */
    Optional<Pace> build() {
        checkValues();
        if (calls != null && per != null) {
            Pace pace = Pace.of(calls, per);
            return Optional.of(burst == null ? pace : pace.burst(burst));
        }
        refuse(calls, "pace.calls", "pace.per");
        refuse(per, "pace.per", "pace.calls");
        refuse(burst, "pace.burst", "pace.calls and pace.per");
        return Optional.empty();
    }

    private static void refuse(@Nullable Object value, String option, String missing) {
        if (value != null) {
            throw new IllegalArgumentException(
                    option + " needs " + missing + ", but was set to " + value + " without; set " + missing + " too");
        }
    }
}
