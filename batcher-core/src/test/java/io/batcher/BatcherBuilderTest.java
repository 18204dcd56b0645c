/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The builder: its defaults, and each value and pair of values that it rejects, with the whole message: option, rule, value. */
class BatcherBuilderTest {

    private static BatcherBuilder<String> builder() {
        return Batcher.builder("options");
    }

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        BatcherConfig<String> config = builder().config();
        assertThat(config.name()).isEqualTo("options");
        assertThat(config.handler()).isNull();
        assertThat(config.asyncHandler()).isNull();
        assertThat(config.interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.maxBatchSize()).isEqualTo(1_000);
        assertThat(config.weigher()).isNull();
        assertThat(config.maxBatchWeight()).isEqualTo(Long.MAX_VALUE);
        assertThat(config.eager()).isFalse();
        assertThat(config.capacity()).isEqualTo(100_000);
        assertThat(config.overflow()).isEqualTo(Overflow.REJECT);
        assertThat(config.maxBlock()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.retry()).isSameAs(RetryPolicy.defaults());
        assertThat(config.pace()).isEmpty();
        assertThat(config.maxRetryAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.handlerTimeout()).isEmpty();
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.autoFlush()).isTrue();
        assertThat(config.onError()).isNull();
        assertThat(config.onDeadLetter()).isNull();
        assertThat(config.onDrop()).isNull();
        assertThat(config.executor()).isNull();
        assertThat(config.scheduler()).isNull();
        assertThat(config.clock()).isSameAs(BatcherClock.system());
    }

    @Test
    void everyOptionIsInTheConfiguration() {
        BatchConsumer<String> handler = batch -> {};
        Consumer<Object> callback = x -> {};
        Executor executor = Runnable::run;
        BatcherScheduler scheduler = (task, delay) -> null;
        RetryPolicy retry = RetryPolicy.builder().maxAttempts(3).build();
        BatcherConfig<String> config = builder()
                .handler(handler)
                .interval(Duration.ofMillis(1))
                .maxBatchSize(2)
                .maxBatchWeight(3)
                .weigher(String::length)
                .eager(true)
                .capacity(4)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ZERO)
                .retry(retry)
                .pace(6, Duration.ofSeconds(7))
                .maxRetryAfter(Duration.ofMillis(8))
                .handlerTimeout(Duration.ofMillis(5))
                .shutdownTimeout(Duration.ZERO)
                .autoFlush(false)
                .onError(callback)
                .onDeadLetter(callback)
                .onDrop(callback)
                .executor(executor)
                .scheduler(scheduler)
                .config();
        assertThat(config.handler()).isSameAs(handler);
        assertThat(config.interval()).isEqualTo(Duration.ofMillis(1));
        assertThat(config.maxBatchSize()).isEqualTo(2);
        assertThat(config.maxBatchWeight()).isEqualTo(3);
        assertThat(config.weigher()).isNotNull();
        assertThat(config.eager()).isTrue();
        assertThat(config.capacity()).isEqualTo(4);
        assertThat(config.overflow()).isEqualTo(Overflow.BLOCK);
        assertThat(config.maxBlock()).isZero();
        assertThat(config.retry()).isSameAs(retry);
        assertThat(config.pace()).contains(Pace.of(6, Duration.ofSeconds(7)));
        assertThat(config.maxRetryAfter()).isEqualTo(Duration.ofMillis(8));
        assertThat(config.handlerTimeout()).contains(Duration.ofMillis(5));
        assertThat(config.shutdownTimeout()).isZero();
        assertThat(config.autoFlush()).isFalse();
        assertThat(config.onError()).isSameAs(callback);
        assertThat(config.onDeadLetter()).isSameAs(callback);
        assertThat(config.onDrop()).isSameAs(callback);
        assertThat(config.executor()).isSameAs(executor);
        assertThat(config.scheduler()).isSameAs(scheduler);
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad(b -> b.interval(Duration.ZERO), "interval must be more than zero, but was PT0S"),
                bad(b -> b.interval(Duration.ofMillis(-5)), "interval must be more than zero, but was PT-0.005S"),
                bad(b -> b.interval(Duration.ofDays(36_501)), "interval must be at most 36500 days, but was PT876024H"),
                bad(b -> b.maxBatchSize(0), "maxBatchSize must be at least 1, but was 0"),
                bad(b -> b.maxBatchSize(-7), "maxBatchSize must be at least 1, but was -7"),
                bad(b -> b.maxBatchWeight(0), "maxBatchWeight must be at least 1, but was 0"),
                bad(b -> b.maxBatchWeight(-7), "maxBatchWeight must be at least 1, but was -7"),
                bad(b -> b.capacity(0), "capacity must be at least 1, but was 0"),
                bad(b -> b.capacity(-7), "capacity must be at least 1, but was -7"),
                bad(b -> b.maxBlock(Duration.ofNanos(-1)), "maxBlock must not be negative, but was PT-0.000000001S"),
                bad(b -> b.maxBlock(Duration.ofDays(36_501)), "maxBlock must be at most 36500 days, but was PT876024H"),
                bad(b -> b.pace(0, Duration.ofSeconds(1)), "pace.calls must be at least 1, but was 0"),
                bad(b -> b.pace(1, Duration.ZERO), "pace.per must be more than zero, but was PT0S"),
                bad(b -> b.maxRetryAfter(Duration.ZERO), "maxRetryAfter must be more than zero, but was PT0S"),
                bad(
                        b -> b.maxRetryAfter(Duration.ofSeconds(-1)),
                        "maxRetryAfter must be more than zero, but was PT-1S"),
                bad(
                        b -> b.maxRetryAfter(Duration.ofDays(36_501)),
                        "maxRetryAfter must be at most 36500 days, but was PT876024H"),
                bad(b -> b.handlerTimeout(Duration.ZERO), "handlerTimeout must be more than zero, but was PT0S"),
                bad(
                        b -> b.handlerTimeout(Duration.ofSeconds(-1)),
                        "handlerTimeout must be more than zero, but was PT-1S"),
                bad(
                        b -> b.handlerTimeout(Duration.ofDays(36_501)),
                        "handlerTimeout must be at most 36500 days, but was PT876024H"),
                bad(
                        b -> b.shutdownTimeout(Duration.ofSeconds(-1)),
                        "shutdownTimeout must not be negative, but was PT-1S"),
                bad(
                        b -> b.shutdownTimeout(Duration.ofDays(36_501)),
                        "shutdownTimeout must be at most 36500 days, but was PT876024H"));
    }

    private static Arguments bad(Consumer<BatcherBuilder<String>> option, String message) {
        return Arguments.of(option, message);
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void aBadValueIsRejectedByItsMethod(Consumer<BatcherBuilder<String>> option, String message) {
        assertThatThrownBy(() -> option.accept(builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> badPairs() {
        return Stream.of(
                bad(
                        b -> b.capacity(5).maxBatchSize(6),
                        "capacity must not be less than maxBatchSize, but 5 < 6; raise capacity or lower maxBatchSize"),
                bad(
                        b -> b.maxBatchSize(100_001),
                        "capacity must not be less than maxBatchSize, but 100000 < 100001; raise capacity or lower maxBatchSize"),
                bad(
                        b -> b.maxBatchWeight(9),
                        "maxBatchWeight needs a weigher, but was set to 9 without one; set weigher too"),
                bad(
                        b -> b.weigher(String::length),
                        "weigher needs a maxBatchWeight, but was set without one; set maxBatchWeight too"),
                bad(
                        b -> b.interval(Duration.ofSeconds(2))
                                .retry(RetryPolicy.builder()
                                        .maxDelay(Duration.ofSeconds(1))
                                        .build()),
                        "retry.maxDelay must not be less than interval, the retry.delay unless one is set, "
                                + "but PT1S < PT2S; raise maxDelay or leave it out"));
    }

    @ParameterizedTest
    @MethodSource("badPairs")
    void aBadPairIsRejectedByBuildWithAMessageThatNamesBoth(Consumer<BatcherBuilder<String>> options, String message) {
        BatcherBuilder<String> builder = builder();
        options.accept(builder);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(builder::config).hasMessage(message);
    }

    @Test
    void valuesAtTheLimitsAreAccepted() {
        builder()
                .interval(Duration.ofNanos(1))
                .capacity(1)
                .maxBatchSize(1)
                .maxBatchWeight(1)
                .weigher(item -> 1)
                .maxBlock(Duration.ZERO)
                .pace(1, Duration.ofNanos(1))
                .maxRetryAfter(Duration.ofNanos(1))
                .handlerTimeout(Duration.ofNanos(1))
                .shutdownTimeout(Duration.ZERO)
                .build()
                .close();
        builder()
                .interval(Duration.ofDays(36_500))
                .maxBlock(Duration.ofDays(36_500))
                .pace(Pace.of(Integer.MAX_VALUE, Duration.ofDays(36_500)).burst(Integer.MAX_VALUE))
                .maxRetryAfter(Duration.ofDays(36_500))
                .handlerTimeout(Duration.ofDays(36_500))
                .shutdownTimeout(Duration.ofDays(36_500))
                .build()
                .close();
    }

    @Test
    void aCapacityBelowTheDefaultBatchSizeLowersIt() {
        assertThat(builder().capacity(7).config().maxBatchSize()).isEqualTo(7);
        assertThat(builder().capacity(7).maxBatchSize(7).config().maxBatchSize())
                .isEqualTo(7);
        assertThat(builder().capacity(1_000).config().maxBatchSize()).isEqualTo(1_000);
        assertThat(builder().capacity(2_000).config().maxBatchSize()).isEqualTo(1_000);
    }

    @Test
    void anIntervalAboveTheDefaultMaxDelayIsAccepted() {
        assertThatCode(() -> builder().interval(Duration.ofMinutes(5)).build().close())
                .doesNotThrowAnyException();
    }

    @Test
    void nullIsRejectedWithAMessageThatNamesTheOption() {
        assertNull(b -> b.interval(null), "interval");
        assertNull(b -> b.weigher(null), "weigher");
        assertNull(b -> b.overflow(null), "overflow");
        assertNull(b -> b.maxBlock(null), "maxBlock");
        assertNull(b -> b.retry(null), "retry");
        assertNull(b -> b.pace(null), "pace");
        assertNull(b -> b.pace(1, null), "pace.per");
        assertNull(b -> b.maxRetryAfter(null), "maxRetryAfter");
        assertNull(b -> b.handlerTimeout(null), "handlerTimeout");
        assertNull(b -> b.shutdownTimeout(null), "shutdownTimeout");
        assertNull(b -> b.handler(null), "handler");
        assertNull(b -> b.asyncHandler(null), "asyncHandler");
        assertNull(b -> b.onError(null), "onError");
        assertNull(b -> b.onDeadLetter(null), "onDeadLetter");
        assertNull(b -> b.onDrop(null), "onDrop");
        assertNull(b -> b.listener(null), "listener");
        assertNull(b -> b.executor(null), "executor");
        assertNull(b -> b.scheduler((BatcherScheduler) null), "scheduler");
        assertNull(b -> b.scheduler((ScheduledExecutorService) null), "scheduler");
        assertNull(b -> b.clock(null), "clock");
        assertThatThrownBy(() -> Batcher.builder(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
    }

    private static void assertNull(Consumer<BatcherBuilder<String>> option, String name) {
        assertThatThrownBy(() -> option.accept(builder()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name);
    }

    @Test
    void aSecondHandlerIsRejectedByTheBuilder() {
        String message = "batcher \"options\" has a handler already; it takes one, of either kind";
        assertThatThrownBy(() -> builder().handler(batch -> {}).handler(batch -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> builder().handler(batch -> {}).asyncHandler(batch -> null))
                .hasMessage(message);
        assertThatThrownBy(() -> builder().asyncHandler(batch -> null).handler(batch -> {}))
                .hasMessage(message);
        assertThatThrownBy(() -> builder().asyncHandler(batch -> null).asyncHandler(batch -> null))
                .hasMessage(message);
    }

    @Test
    void aSecondHandlerIsRejectedByTheBatcher() {
        String message = "batcher \"options\" has a handler already; it takes one, of either kind";
        try (Batcher<String> sync = builder().handler(batch -> {}).build();
                Batcher<String> none = builder().build()) {
            assertThatThrownBy(() -> sync.registerHandler(batch -> {})).hasMessage(message);
            assertThatThrownBy(() -> sync.registerAsyncHandler(batch -> null)).hasMessage(message);
            none.registerAsyncHandler(batch -> null);
            assertThatThrownBy(() -> none.registerHandler(batch -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void oneBuilderBuildsIndependentBatchers() {
        BatcherBuilder<String> builder = builder().capacity(1);
        try (Batcher<String> one = builder.build();
                Batcher<String> two = builder.capacity(2).build()) {
            one.add("a");
            assertThat(one.offer("b")).isFalse();
            assertThat(two.stats().depth()).isZero();
            assertThat(two.stats().capacity()).isEqualTo(2);
        }
    }
}
