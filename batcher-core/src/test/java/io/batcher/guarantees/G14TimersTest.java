/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.WatchedClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G14: cancelled timers do not fill a scheduler that keeps them until their time, as the JDK's does by default. */
class G14TimersTest {

    private static final int BATCHES = 10_000;

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    private BatcherBuilder<String> builder() {
        return Batcher.<String>builder("keeping")
                .interval(Duration.ofSeconds(30))
                .executor(Runnable::run)
                .scheduler(scheduler);
    }

    private int mostTimers(Batcher<String> batcher) {
        int most = 0;
        for (int i = 0; i < BATCHES; i++) {
            batcher.add("a");
            batcher.flush();
            most = Math.max(most, scheduler.getQueue().size());
        }
        return most;
    }

    /** Not the system clock itself, with which the loop spins after full batches: here in vain, on the thread that adds. */
    private static BatcherClock withoutIdleSpin() {
        return new WatchedClock(BatcherClock.system());
    }

    @ParameterizedTest
    @EnumSource
    void tenThousandFlushedBatchesLeaveOneLiveAndOneDeadTimer(Overflow overflow) {
        try (Batcher<String> batcher =
                builder().overflow(overflow).handler(batch -> {}).build()) {
            assertThat(mostTimers(batcher)).isLessThanOrEqualTo(2);
            assertThat(batcher.stats().handled()).isEqualTo(BATCHES);
        }
    }

    @Test
    void fullBatchesLeaveOneLiveAndOneDeadTimer() {
        try (Batcher<String> batcher = builder()
                .clock(withoutIdleSpin())
                .maxBatchSize(1)
                .handler(batch -> {})
                .build()) {
            assertThat(mostTimers(batcher)).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aHandlerTimeoutAddsOneTimerForAllAttempts() {
        try (Batcher<String> batcher = builder()
                .handlerTimeout(Duration.ofSeconds(10))
                .asyncHandler(batch -> CompletableFuture.completedFuture(null))
                .build()) {
            assertThat(mostTimers(batcher)).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void earlyRetriesLeaveNoTimersBehind() {
        int[] calls = new int[1];
        try (Batcher<String> batcher = builder()
                .retry(RetryPolicy.builder().delay(Duration.ofSeconds(20)).build())
                .onError(failure -> {})
                .handler(batch -> {
                    if (++calls[0] % 2 == 1) {
                        throw new IllegalStateException("no");
                    }
                })
                .build()) {
            int most = 0;
            for (int i = 0; i < BATCHES; i++) {
                batcher.add("a");
                batcher.flush();
                batcher.flush();
                most = Math.max(most, scheduler.getQueue().size());
            }
            assertThat(batcher.stats().handled()).isEqualTo(BATCHES);
            assertThat(most).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void aClosedBatcherLeavesNoLiveTimer() {
        scheduler.setRemoveOnCancelPolicy(true);
        Batcher<String> batcher = builder()
                .handlerTimeout(Duration.ofSeconds(10))
                .handler(batch -> {})
                .build();
        mostTimers(batcher);
        batcher.add("a");
        batcher.close();
        assertThat(scheduler.getQueue()).isEmpty();
    }
}
