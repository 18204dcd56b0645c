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
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The retry policy: its defaults, and each value and pair of values that it rejects, with the whole message. */
class RetryPolicyTest {

    @Test
    void theDefaultRetriesAtTheNextIntervalUntilItSucceeds() {
        for (RetryPolicy policy :
                new RetryPolicy[] {RetryPolicy.defaults(), RetryPolicy.builder().build()}) {
            assertThat(policy.maxAttempts()).isEqualTo(RetryPolicy.UNLIMITED);
            assertThat(policy.delay()).isEmpty();
            assertThat(policy.multiplier()).isEqualTo(1.0);
            assertThat(policy.maxDelay()).isEqualTo(Duration.ofSeconds(30));
            assertThat(policy.jitter()).isZero();
            assertThat(policy.retryOn().test(new Error())).isTrue();
            assertThat(policy.isolatePoison()).isFalse();
        }
        assertThat(RetryPolicy.UNLIMITED).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void everyOptionIsInThePolicy() {
        Predicate<Throwable> never = cause -> false;
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(3)
                .delay(Duration.ofMillis(10))
                .multiplier(2)
                .maxDelay(Duration.ofMillis(40))
                .jitter(0.5)
                .retryOn(never)
                .isolatePoison(true)
                .build();
        assertThat(policy.maxAttempts()).isEqualTo(3);
        assertThat(policy.delay()).contains(Duration.ofMillis(10));
        assertThat(policy.multiplier()).isEqualTo(2.0);
        assertThat(policy.maxDelay()).isEqualTo(Duration.ofMillis(40));
        assertThat(policy.jitter()).isEqualTo(0.5);
        assertThat(policy.retryOn()).isSameAs(never);
        assertThat(policy.isolatePoison()).isTrue();
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad(b -> b.maxAttempts(0), "retry.maxAttempts must be at least 1, but was 0"),
                bad(b -> b.maxAttempts(-1), "retry.maxAttempts must be at least 1, but was -1"),
                bad(b -> b.delay(Duration.ZERO), "retry.delay must be more than zero, but was PT0S"),
                bad(b -> b.delay(Duration.ofSeconds(-1)), "retry.delay must be more than zero, but was PT-1S"),
                bad(b -> b.delay(Duration.ofDays(36_501)), "retry.delay must be at most 36500 days, but was PT876024H"),
                bad(b -> b.multiplier(0.99), "retry.multiplier must be a finite number of at least 1, but was 0.99"),
                bad(b -> b.multiplier(-2), "retry.multiplier must be a finite number of at least 1, but was -2.0"),
                bad(
                        b -> b.multiplier(Double.NaN),
                        "retry.multiplier must be a finite number of at least 1, but was NaN"),
                bad(
                        b -> b.multiplier(Double.POSITIVE_INFINITY),
                        "retry.multiplier must be a finite number of at least 1, but was Infinity"),
                bad(b -> b.maxDelay(Duration.ZERO), "retry.maxDelay must be more than zero, but was PT0S"),
                bad(b -> b.maxDelay(Duration.ofSeconds(-1)), "retry.maxDelay must be more than zero, but was PT-1S"),
                bad(
                        b -> b.maxDelay(Duration.ofDays(36_501)),
                        "retry.maxDelay must be at most 36500 days, but was PT876024H"),
                bad(b -> b.jitter(-0.1), "retry.jitter must be between 0 and 1, but was -0.1"),
                bad(b -> b.jitter(1.1), "retry.jitter must be between 0 and 1, but was 1.1"),
                bad(b -> b.jitter(Double.NaN), "retry.jitter must be between 0 and 1, but was NaN"),
                bad(
                        b -> b.delay(Duration.ofSeconds(2))
                                .maxDelay(Duration.ofSeconds(1))
                                .build(),
                        "retry.maxDelay must not be less than retry.delay, but PT1S < PT2S; raise maxDelay or leave it out"),
                bad(
                        b -> b.maxDelay(Duration.ofSeconds(1))
                                .delay(Duration.ofSeconds(2))
                                .build(),
                        "retry.maxDelay must not be less than retry.delay, but PT1S < PT2S; raise maxDelay or leave it out"),
                bad(
                        b -> b.isolatePoison(true).build(),
                        "retry.isolatePoison needs a finite retry.maxAttempts, but that is unlimited; "
                                + "set maxAttempts, 3 for example"));
    }

    private static Arguments bad(Consumer<RetryPolicy.Builder> option, String message) {
        return Arguments.of(option, message);
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void aBadValueOrPairIsRejected(Consumer<RetryPolicy.Builder> option, String message) {
        assertThatThrownBy(() -> option.accept(RetryPolicy.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void valuesAtTheLimitsAreAccepted() {
        RetryPolicy.builder()
                .maxAttempts(1)
                .delay(Duration.ofNanos(1))
                .multiplier(1)
                .maxDelay(Duration.ofNanos(1))
                .jitter(1)
                .isolatePoison(true)
                .build();
        RetryPolicy.builder().jitter(0).maxAttempts(Integer.MAX_VALUE).build();
    }

    @Test
    void aDelayAboveTheDefaultMaxDelayIsAccepted() {
        RetryPolicy policy = RetryPolicy.builder().delay(Duration.ofMinutes(5)).build();
        assertThat(policy.delay()).contains(Duration.ofMinutes(5));
        assertThat(policy.maxDelay()).isEqualTo(Duration.ofSeconds(30));
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.retry(policy))) {
            rig.fail(2).add("a").advanceMillis(500);
            assertThat(rig.failures.get(0).retryIn()).contains(Duration.ofMinutes(5));
            rig.time.advance(Duration.ofMinutes(5));
            assertThat(rig.failures.get(1).retryIn()).contains(Duration.ofMinutes(5));
        }
    }

    @Test
    void nullIsRejectedWithAMessageThatNamesTheOption() {
        assertThatThrownBy(() -> RetryPolicy.builder().delay(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("retry.delay");
        assertThatThrownBy(() -> RetryPolicy.builder().maxDelay(null)).hasMessage("retry.maxDelay");
        assertThatThrownBy(() -> RetryPolicy.builder().retryOn(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aPolicyDoesNotChangeWithItsBuilder() {
        RetryPolicy.Builder builder = RetryPolicy.builder().maxAttempts(2);
        RetryPolicy policy = builder.build();
        builder.maxAttempts(9);
        assertThat(policy.maxAttempts()).isEqualTo(2);
    }
}
