/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatchFailure;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G7, {@code retryIn}: exactly the time until the next attempt, empty if there is none. */
class G07RetryInTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static List<Optional<Duration>> retries(BatcherFixture rig) {
        return rig.failures.stream().map(BatchFailure::retryIn).toList();
    }

    @ParameterizedTest
    @EnumSource
    void retryInIsTheExactDelayAsItGrows(CallStyle style) {
        Duration delay = Duration.ofNanos(1_234_567);
        RetryPolicy growing = RetryPolicy.builder().delay(delay).multiplier(2).build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(growing))) {
            rig.fail(3).add("a").advanceMillis(1_000);
            assertThat(retries(rig))
                    .containsExactly(
                            Optional.of(delay), Optional.of(delay.multipliedBy(2)), Optional.of(delay.multipliedBy(4)));
            assertThat(rig.calls).hasSize(4);
        }
    }

    @Test
    void retryInIsTheDelayWhilePausedToo() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            rig.batcher.pause();
            rig.failStage("no");
            assertThat(retries(rig)).containsExactly(Optional.of(Duration.ofMillis(500)));
            rig.batcher.resume();
            rig.advanceMillis(500).succeed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void retryInIsEmptyAfterTheLastAttemptOfClose(CallStyle style) {
        BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2));
        rig.fail(1).add("a", "b", "c");
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a", "b", "c");
        assertThat(retries(rig)).containsExactly(Optional.empty());
    }

    @Test
    void retryInIsPresentBeforeTheLastAttemptOfClose() {
        BatcherFixture rig = BatcherFixture.byHand();
        rig.add("a").advanceMillis(500);
        rig.time.schedule(() -> rig.failStage("old"), Duration.ofMillis(100));
        rig.time.schedule(() -> rig.failStage("last"), Duration.ofMillis(200));
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a");
        assertThat(retries(rig)).containsExactly(Optional.of(Duration.ofMillis(500)), Optional.empty());
        assertThat(rig.calls).hasSize(2);
        assertThat(rig.millis()).isEqualTo(700);
    }
}
