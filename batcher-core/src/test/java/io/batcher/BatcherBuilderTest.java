/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
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
        assertThat(config.key()).isNull();
        assertThat(config.concurrency()).isEqualTo(1);
        assertThat(config.batchPerKey()).isFalse();
        assertThat(config.capacityPerKey()).isEmpty();
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
        assertThat(config.store()).isNull();
        assertThat(config.codec()).isNull();
        assertThat(config.partitions()).isEqualTo(1);
        assertThat(config.transactional()).isFalse();
        assertThat(config.executor()).isNull();
        assertThat(config.scheduler()).isNull();
        assertThat(config.clock()).isSameAs(BatcherClock.system());
    }

    @Test
    void everyOptionIsInTheConfiguration() {
        BatchConsumer<String> handler = batch -> {};
        Consumer<Object> callback = x -> {};
        Function<Object, Integer> key = Object::hashCode;
        Executor executor = Runnable::run;
        BatcherScheduler scheduler = (task, delay) -> null;
        RetryPolicy retry = RetryPolicy.builder().maxAttempts(3).build();
        BatcherConfig<String> config = builder()
                .handler(handler)
                .interval(Duration.ofMillis(1))
                .maxBatchSize(2)
                .maxBatchWeight(3)
                .weigher(String::length)
                .key(key)
                .concurrency(9)
                .batchPerKey(true)
                .capacityPerKey(3)
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
        assertThat(config.key()).isSameAs(key);
        assertThat(config.concurrency()).isEqualTo(9);
        assertThat(config.batchPerKey()).isTrue();
        assertThat(config.capacityPerKey()).hasValue(3);
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
                bad(b -> b.concurrency(0), "concurrency must be at least 1, but was 0"),
                bad(b -> b.concurrency(-7), "concurrency must be at least 1, but was -7"),
                bad(b -> b.capacityPerKey(0), "capacityPerKey must be at least 1, but was 0"),
                bad(b -> b.capacityPerKey(-7), "capacityPerKey must be at least 1, but was -7"),
                bad(b -> b.partitions(0), "partitions must be from 1 to 32767, but was 0"),
                bad(b -> b.partitions(32_768), "partitions must be from 1 to 32767, but was 32768"),
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
                        b -> b.concurrency(8),
                        "concurrency above 1 needs a key, but was set to 8 without one: order would be lost; "
                                + "give a key, or key(item -> null) if you want no order"),
                bad(b -> b.batchPerKey(true), "batchPerKey needs a key, but was set without one; set key too"),
                bad(
                        b -> b.key(String::length).capacityPerKey(5),
                        "capacityPerKey needs batchPerKey, but was set to 5 without it; set batchPerKey too"),
                bad(
                        b -> b.key(String::length).batchPerKey(true).capacity(5).capacityPerKey(6),
                        "capacityPerKey must not be more than capacity, but 6 > 5; lower capacityPerKey or raise capacity"),
                bad(
                        b -> b.interval(Duration.ofSeconds(2))
                                .retry(RetryPolicy.builder()
                                        .maxDelay(Duration.ofSeconds(1))
                                        .build()),
                        "retry.maxDelay must not be less than interval, the retry.delay unless one is set, "
                                + "but PT1S < PT2S; raise maxDelay or leave it out"));
    }

    private static final ItemCodec<String> CODEC = ItemCodec.strings();

    /** A store that is described and cannot be opened. */
    private record Described(boolean isBounded, boolean isTransactional) implements ItemStore {
        @Override
        public String kind() {
            return "described";
        }

        @Override
        public StoreSession open(StoreContext context) {
            throw new AssertionError("options are checked before the store is opened");
        }
    }

    private static BatcherBuilder<String> stored(BatcherBuilder<String> builder) {
        return builder.store(new Described(true, false)).codec(CODEC);
    }

    static Stream<Arguments> badPairsWithAStore() {
        return Stream.of(
                bad(
                        b -> b.store(new Described(true, false)),
                        "store needs a codec, but was set without one: items are stored as bytes; "
                                + "set codec too, ItemCodec.of(type, write, read) makes one"),
                bad(
                        b -> b.codec(CODEC),
                        "codec needs a store, but was set without one: items in memory are not turned into bytes; "
                                + "set store too, or leave codec out"),
                bad(
                        b -> b.partitions(1),
                        "partitions needs a store, but was set to 1 without one: in memory there are as many lanes as "
                                + "concurrency; set store too, or leave partitions out"),
                bad(
                        b -> b.transactional(true),
                        "transactional needs a store, but was set without one: items in memory are part of no "
                                + "transaction; set store too, or leave transactional out"),
                bad(
                        b -> stored(b).overflow(Overflow.DROP_OLDEST),
                        "overflow must be REJECT or BLOCK with a store, but was DROP_OLDEST: what is stored is never "
                                + "dropped; set one of these, or leave store out"),
                bad(
                        b -> stored(b).onDrop(item -> {}),
                        "onDrop cannot be set with a store: what is stored is never dropped; leave onDrop out"),
                bad(
                        b -> stored(b).key(item -> item).batchPerKey(true),
                        "batchPerKey cannot be set with a store: a partition holds many keys and one recorded batch, "
                                + "which would hold up the other keys; leave batchPerKey out, or leave store out"),
                bad(
                        b -> b.store(new Described(false, false)).codec(CODEC).capacity(5),
                        "capacity cannot be set with a store of kind described, but was set to 5: what it holds is not "
                                + "limited by a count; leave capacity out"),
                bad(
                        b -> stored(b).partitions(2),
                        "partitions above 1 needs a key, but was set to 2 without one: order would be lost; "
                                + "give a key, or key(item -> null) if you want no order"),
                bad(
                        b -> stored(b).key(item -> item).concurrency(4).partitions(3),
                        "partitions must not be less than concurrency, but 3 < 4: a call of the handler needs a "
                                + "partition of its own; raise partitions or lower concurrency"),
                bad(
                        b -> b.store(new Described(true, true))
                                .codec(CODEC)
                                .asyncHandler(batch -> null)
                                .transactional(true),
                        "transactional needs a synchronous handler, but asyncHandler was set: a transaction belongs to "
                                + "one thread; set handler instead, or leave transactional out"),
                bad(
                        b -> stored(b).transactional(true),
                        "transactional needs a store that runs transactions of the application, but the store of kind "
                                + "described does not; use a database with the application's transactions, or leave "
                                + "transactional out"));
    }

    @ParameterizedTest
    @MethodSource("badPairsWithAStore")
    void aBadPairWithAStoreIsRejectedBeforeTheStoreIsOpened(Consumer<BatcherBuilder<String>> options, String message) {
        aBadPairIsRejectedByBuildWithAMessageThatNamesBoth(options, message);
    }

    @Test
    void theDefaultsWithAStoreAreTheDocumentedOnes() {
        BatcherConfig<String> config =
                stored(builder()).key(item -> item).concurrency(4).config();
        assertThat(config.capacity()).isEqualTo(10_000_000);
        assertThat(config.partitions()).isEqualTo(4);
        assertThat(config.maxBatchSize()).isEqualTo(1_000);
        ItemStore log = new Described(false, true);
        BatcherConfig<String> transactional = builder()
                .store(log)
                .codec(CODEC)
                .key(item -> item)
                .partitions(16)
                .transactional(true)
                .config();
        assertThat(transactional.store()).isSameAs(log);
        assertThat(transactional.codec()).isSameAs(CODEC);
        assertThat(transactional.capacity()).isEqualTo(Integer.MAX_VALUE);
        assertThat(transactional.partitions()).isEqualTo(16);
        assertThat(transactional.transactional()).isTrue();
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
        assertNull(b -> b.key(null), "key");
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
        assertNull(b -> b.store(null), "store");
        assertNull(b -> b.codec(null), "codec");
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
