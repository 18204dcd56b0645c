/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherClock;
import io.batcher.BatcherConfig;
import io.batcher.RetryPolicy;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link RetryDelay}: how long a failed batch waits. */
class RetryDelayTest {

    private static final DoubleSupplier LEAST = () -> 0;
    private static final DoubleSupplier MIDDLE = () -> 0.5;
    private static final DoubleSupplier MOST = () -> 0.999_999;

    private static RetryDelay rule(RetryPolicy.Builder policy, DoubleSupplier random) {
        BatcherConfig<Object> config = Batcher.builder("delays")
                .interval(Duration.ofMillis(500))
                .retry(policy.build())
                .config();
        return new RetryDelay(config, random);
    }

    private static long millis(RetryDelay rule, int failures) {
        return rule.nanos(failures) / 1_000_000;
    }

    @Test
    void unlessSetItIsTheIntervalEveryTime() {
        RetryDelay rule = rule(RetryPolicy.builder(), MIDDLE);
        for (int failures : new int[] {0, 1, 2, 10, Integer.MAX_VALUE}) {
            assertThat(millis(rule, failures)).isEqualTo(500);
        }
    }

    @Test
    void itGrowsByTheMultiplierUpToTheBound() {
        RetryPolicy.Builder policy = RetryPolicy.builder()
                .delay(Duration.ofMillis(100))
                .multiplier(2)
                .maxDelay(Duration.ofMillis(700));
        RetryDelay rule = rule(policy, MIDDLE);
        assertThat(new long[] {millis(rule, 1), millis(rule, 2), millis(rule, 3), millis(rule, 4), millis(rule, 5)})
                .containsExactly(100, 200, 400, 700, 700);
    }

    @Test
    void growthWithoutEndEndsAtTheBound() {
        RetryDelay rule = rule(RetryPolicy.builder().delay(Duration.ofNanos(1)).multiplier(1e300), MIDDLE);
        assertThat(rule.nanos(1)).isEqualTo(1);
        assertThat(millis(rule, 2)).isEqualTo(30_000);
        assertThat(millis(rule, Integer.MAX_VALUE)).isEqualTo(30_000);
    }

    @Test
    void theDefaultBoundDoesNotShortenALongerDelay() {
        RetryDelay rule =
                rule(RetryPolicy.builder().delay(Duration.ofMinutes(5)).multiplier(2), MIDDLE);
        assertThat(millis(rule, 1)).isEqualTo(300_000);
        assertThat(millis(rule, 2)).isEqualTo(300_000);
    }

    @Test
    void theDefaultBoundIs30Seconds() {
        RetryDelay rule =
                rule(RetryPolicy.builder().delay(Duration.ofSeconds(20)).multiplier(2), MIDDLE);
        assertThat(millis(rule, 1)).isEqualTo(20_000);
        assertThat(millis(rule, 2)).isEqualTo(30_000);
    }

    @Test
    void jitterVariesItSymmetrically() {
        RetryPolicy.Builder policy =
                RetryPolicy.builder().delay(Duration.ofSeconds(10)).jitter(0.2);
        assertThat(millis(rule(policy, LEAST), 1)).isEqualTo(8_000);
        assertThat(millis(rule(policy, MIDDLE), 1)).isEqualTo(10_000);
        assertThat(millis(rule(policy, MOST), 1)).isEqualTo(11_999);
    }

    @Test
    void jitterNeverPassesTheBoundAndStillVariesThere() {
        RetryPolicy.Builder policy = RetryPolicy.builder()
                .delay(Duration.ofSeconds(10))
                .maxDelay(Duration.ofSeconds(10))
                .jitter(0.2);
        assertThat(millis(rule(policy, LEAST), 1)).isEqualTo(8_000);
        assertThat(millis(rule(policy, MIDDLE), 1)).isEqualTo(9_000);
        assertThat(rule(policy, MOST).nanos(1)).isLessThanOrEqualTo(10_000_000_000L);
    }

    @Test
    void fullJitterIsStillMoreThanNothing() {
        RetryPolicy.Builder policy =
                RetryPolicy.builder().delay(Duration.ofMillis(1)).jitter(1);
        assertThat(rule(policy, LEAST).nanos(1)).isEqualTo(1);
    }

    @Test
    void theVariationIsSpreadEvenly() {
        Random random = new Random(42);
        RetryDelay rule =
                rule(RetryPolicy.builder().delay(Duration.ofSeconds(1)).jitter(0.5), random::nextDouble);
        int[] buckets = new int[10];
        for (int i = 0; i < 10_000; i++) {
            long nanos = rule.nanos(1);
            assertThat(nanos).isBetween(500_000_000L, 1_500_000_000L);
            buckets[(int) ((nanos - 500_000_000L) * 10 / 1_000_000_001L)]++;
        }
        assertThat(java.util.Arrays.stream(buckets)).allMatch(count -> count > 900 && count < 1_100);
    }

    @Test
    void onVirtualTimeEveryRunVariesInTheSameWay() {
        assertThat(delays(new VirtualTime()))
                .isEqualTo(delays(new VirtualTime()))
                .doesNotHaveDuplicates();
    }

    @Test
    void inRealTimeNoTwoInstancesAreInStep() {
        assertThat(delays(BatcherClock.system())).doesNotContainAnyElementsOf(delays(BatcherClock.system()));
    }

    private static List<Long> delays(BatcherClock clock) {
        BatcherConfig<Object> config = Batcher.builder("delays")
                .clock(clock)
                .retry(RetryPolicy.builder().jitter(1).build())
                .config();
        RetryDelay rule = new RetryDelay(config);
        return Stream.generate(() -> rule.nanos(1)).limit(100).toList();
    }
}
