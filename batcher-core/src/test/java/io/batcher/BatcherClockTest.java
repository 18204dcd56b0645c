/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@link BatcherClock#system}, the clock of the machine. */
class BatcherClockTest {

    private final BatcherClock clock = BatcherClock.system();

    @Test
    void theSystemClockReadsTheTimeOfTheMachine() {
        long nanos = System.nanoTime();
        assertThat(clock.nanoTime() - nanos).isNotNegative();
        assertThat(Duration.between(Instant.now(), clock.instant()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void awaitReturnsForAReleasedLatch() throws InterruptedException {
        assertThat(clock.await(new CountDownLatch(0), 0)).isTrue();
        assertThat(clock.await(new CountDownLatch(1), 0)).isFalse();
        assertThat(clock.await(new CountDownLatch(1), 1)).isFalse();
    }

    @Test
    void anInterruptEndsAwait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> clock.await(new CountDownLatch(1), Long.MAX_VALUE))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void everyListenerMethodIsOptional() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.listener(new BatcherListener() {})
                        .capacity(1)
                        .overflow(Overflow.DROP_NEWEST)
                        .retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            rig.fail(1).add("a", "b").advanceMillis(500).add("c").advanceMillis(500);
            assertThat(rig.log).hasSize(5);
        }
    }
}
