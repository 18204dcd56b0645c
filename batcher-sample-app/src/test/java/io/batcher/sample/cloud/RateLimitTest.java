/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private long now = Long.MAX_VALUE - 1_000; // System.nanoTime may overflow.
    private final RateLimit limit = new RateLimit(2, Duration.ofSeconds(3), () -> now);

    @Test
    void acceptsTheCallsOfAWindowAndRefusesMore() {
        assertThat(limit.untilAccepted()).isZero();
        advance(1_000);
        assertThat(limit.untilAccepted()).isZero();
        advance(1_500);

        assertThat(limit.untilAccepted()).hasMillis(500);
        assertThat(limit.untilAccepted()).as("asked again").hasMillis(500);
    }

    @Test
    void acceptsTheNextCallWhenTheOldestHasLeftTheWindow() {
        limit.untilAccepted();
        advance(1_000);
        limit.untilAccepted();
        advance(2_000);

        assertThat(limit.untilAccepted()).isZero();
        assertThat(limit.untilAccepted()).hasMillis(1_000);
    }

    private void advance(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }
}
