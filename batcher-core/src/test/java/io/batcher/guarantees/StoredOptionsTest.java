/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.BatcherListener;
import io.batcher.BatcherStats;
import io.batcher.BatcherStoreException;
import io.batcher.FlushReason;
import io.batcher.Pace;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.StoredFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The options of a batcher mean with a store what they mean without one. */
class StoredOptionsTest {

    private final StoredFixture rig = new StoredFixture();

    @Test
    void aFullBatchGoesAtOnceAndABacklogBackToBack() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.maxBatchSize(3))) {
            process.batcher.add("a");
            process.batcher.add("b");
            rig.runReady();
            assertThat(rig.calls).isEmpty();
            process.batcher.addMany(List.of("c", "d"));
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(rig.lastCall().reason()).isEqualTo(FlushReason.SIZE);
            process.batcher.addMany(
                    IntStream.range(0, 11).mapToObj(Integer::toString).toList());
            rig.runReady();
            assertThat(rig.handled).hasSize(15);
            rig.advanceMillis(500);
            assertThat(rig.calls).extracting(List::size).containsExactly(3, 3, 3, 3, 3);
        }
    }

    /** No more than 16 MB of a partition are in memory: a full batch of such items never is. */
    @Test
    void aBatchThatIsTooLargeForTheMemoryIsDeliveredInParts() {
        String large = "x".repeat(300_000);
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.maxBatchSize(100).interval(Duration.ofHours(1)))) {
            for (int i = 0; i < 120; i++) {
                process.batcher.add(large);
            }
            rig.runReady();
            assertThat(rig.handled).hasSizeGreaterThanOrEqualTo(100);
            assertThat(rig.calls).extracting(Batch::reason).containsOnly(FlushReason.SIZE);
        }
    }

    @Test
    void anEagerBatcherGetsTheFirstItemAtOnce() {
        try (StoredFixture.Process process = rig.startByHand(builder -> builder.eager(true))) {
            process.batcher.add("a");
            rig.runReady();
            process.batcher.addMany(List.of("b", "c"));
            rig.runReady();
            rig.stages.remove().complete(null);
            rig.runReady();
            assertThat(rig.calls).extracting(List::copyOf).containsExactly(List.of("a"), List.of("b", "c"));
            rig.stages.remove().complete(null);
            rig.runReady();
        }
    }

    @Test
    void weightLimitsBatches() {
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.maxBatchWeight(5).weigher(String::length))) {
            process.batcher.addMany(List.of("aa", "bb", "cc", "dddddd", "e"));
            rig.advanceMillis(500);
            rig.advanceMillis(500);
            assertThat(rig.calls)
                    .extracting(List::copyOf)
                    .containsExactly(List.of("aa", "bb"), List.of("cc"), List.of("dddddd"), List.of("e"));
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void paceSpacesCalls(CallStyle style) {
        try (StoredFixture.Process process =
                rig.start(style, builder -> builder.maxBatchSize(1).pace(Pace.of(1, Duration.ofSeconds(1))))) {
            process.batcher.addMany(List.of("a", "b", "c"));
            rig.runReady();
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(999);
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(1);
            assertThat(rig.calls).hasSize(2);
            rig.advance(Duration.ofSeconds(1));
            assertThat(rig.handled).containsExactly("a", "b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aRetryAfterIsNoFailedAttempt(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style)) {
            rig.script.add(batch -> {
                throw new RetryAfterException(Duration.ofSeconds(5));
            });
            process.batcher.add("a");
            rig.advanceMillis(500);
            assertThat(process.batcher.stats().throttled()).isEqualTo(1);
            assertThat(process.batcher.stats().failedAttempts()).isZero();
            rig.advance(Duration.ofSeconds(5));
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.lastCall().attempt()).isEqualTo(1);
            assertThat(rig.lastCall().id()).isEqualTo(rig.calls.get(0).id());
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void poisonIsIsolatedAndMovedToTheDeadLetters(CallStyle style) {
        RetryPolicy policy =
                RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();
        try (StoredFixture.Process process = rig.start(style, builder -> builder.retry(policy))) {
            for (int i = 0; i < 20; i++) {
                rig.script.add(batch -> {
                    if (batch.contains("poison")) {
                        throw new IllegalStateException("poison");
                    }
                });
            }
            process.batcher.addMany(List.of("a", "b", "poison", "c", "d"));
            rig.advance(Duration.ofSeconds(5));
            assertThat(rig.handled).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(rig.letters).hasSize(1);
            assertThat(rig.letters.get(0).items()).containsExactly("poison");
            assertThat(rig.database.size()).isZero();
            DeadLetters letters = process.batcher.deadLetters().orElseThrow();
            assertThat(letters.list(0, 10))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.errorType()).isEqualTo("java.lang.IllegalStateException"));
            BatcherStats stats = process.batcher.stats();
            assertThat(stats.deadLettered()).isEqualTo(1);
            assertThat(stats.depth()).isZero();
        }
    }

    @Test
    void aDeadLetterCallbackThatThrowsIsCalledOnceAndTheItemsStayDeadLetters() {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        List<Object> offered = new ArrayList<>();
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC,
                builder -> builder.retry(policy).onDeadLetter(letter -> {
                    offered.add(letter);
                    throw new IllegalStateException("callback");
                }))) {
            rig.fail(1);
            CompletableFuture<Void> future = process.batcher.submit("a");
            rig.advance(Duration.ofSeconds(5));
            assertThat(offered).hasSize(1);
            assertThat(future).isCompletedExceptionally();
            assertThat(process.batcher.deadLetters().orElseThrow().count()).isEqualTo(1);
        }
    }

    @Test
    void aRedrivenLetterIsDeliveredAgainBehindAllOthers() {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.retry(policy))) {
            rig.fail(1);
            process.batcher.add("a");
            rig.advanceMillis(500);
            process.batcher.add("b");
            DeadLetters letters = process.batcher.deadLetters().orElseThrow();
            List<Long> ids =
                    letters.list(0, 10).stream().map(DeadLetters.Letter::id).toList();
            assertThat(process.batcher.redrive(ids)).isEqualTo(1);
            assertThat(process.batcher.redrive(ids)).isZero();
            assertThat(process.batcher.stats().depth()).isEqualTo(2);
            rig.advance(Duration.ofSeconds(2));
            assertThat(rig.handled).containsExactly("b", "a");
            assertThat(letters.count()).isZero();
        }
    }

    @Test
    void keysAreOfTypesThatHashTheSameInEveryProcess() {
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC,
                builder -> builder.key(item -> item.equals("list") ? List.of(item) : item)
                        .partitions(4))) {
            assertThatThrownBy(() -> process.batcher.addMany(List.of("a", "list")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be a String, Number, UUID or enum");
            assertThat(rig.database.size()).isZero();
            assertThat(process.batcher.stats().depth()).isZero();
            process.batcher.add("b");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("b");
        }
    }

    @Test
    void whatTheCodecThrowsAndWhatIsTooLargeIsToldToTheAdder() {
        ItemCodec<String> codec = ItemCodec.of(
                "text",
                item -> {
                    if (item.equals("bad")) {
                        throw new IllegalArgumentException("codec");
                    }
                    return item.getBytes(StandardCharsets.UTF_8);
                },
                bytes -> new String(bytes, StandardCharsets.UTF_8));
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.codec(codec))) {
            assertThatThrownBy(() -> process.batcher.addMany(List.of("a", "bad")))
                    .hasMessage("codec");
            assertThatThrownBy(() -> process.batcher.addMany(List.of("a", "x".repeat((1 << 20) + 1))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> process.batcher.add(null)).isInstanceOf(NullPointerException.class);
            assertThat(rig.database.size()).isZero();
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    @Test
    void aHandlerMayBeRegisteredLater() {
        try (StoredFixture.Process process = rig.start(builder -> builder)) {
            process.batcher.add("a");
            rig.advance(Duration.ofSeconds(2));
            List<String> got = new ArrayList<>();
            process.batcher.registerHandler(got::addAll);
            rig.runReady();
            assertThat(got).containsExactly("a");
        }
    }

    @Test
    void nullKeysGoAnywhereAndAreDelivered() {
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC,
                builder ->
                        builder.key(item -> null).partitions(4).concurrency(4).maxBatchSize(5))) {
            List<String> items =
                    IntStream.range(0, 40).mapToObj(Integer::toString).toList();
            process.batcher.addMany(items);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactlyInAnyOrderElementsOf(items);
            assertThat(rig.calls).hasSize(8);
        }
    }

    @Test
    void listenersAreToldWhatWasStoredAndRecorded() {
        List<String> told = new ArrayList<>();
        BatcherListener listener = new BatcherListener() {
            @Override
            public void onStored(String batcher, int items, Duration took) {
                told.add("stored " + items);
            }

            @Override
            public void onRecorded(String batcher, int items, Duration took) {
                told.add("recorded " + items);
            }
        };
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.listener(listener))) {
            process.batcher.addMany(List.of("a", "b"));
            rig.advanceMillis(500);
            assertThat(told).containsExactly("stored 2", "recorded 2");
        }
    }

    @Test
    void theNumbersOfAStoreOfOneProcessAddUpAndBeginWithWhatWasFound() {
        rig.oneProcess = true;
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        try (StoredFixture.Process first = rig.start(CallStyle.SYNC, builder -> builder.autoFlush(false))) {
            first.batcher.addMany(List.of("a", "b", "c"));
        }
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.retry(policy).maxBatchSize(2))) {
            assertBalance(process, 3, 1); // a full batch was handled at once
            rig.fail(1);
            rig.advance(Duration.ofSeconds(2));
            assertBalance(process, 3, 0);
            process.batcher.add("d");
            assertBalance(process, 4, 1);
            rig.database.faults().failAt(1, true);
            try {
                process.batcher.add("e");
            } catch (BatcherStoreException unknown) {
                assertThat(unknown.outcomeUnknown()).isTrue();
            }
            rig.advance(Duration.ofSeconds(5));
            assertBalance(process, 5, 0);
            assertThat(process.batcher.stats().deadLettered()).isEqualTo(1);
        }
    }

    @Test
    void aRedriveWhoseAnswerIsLostIsCounted() {
        rig.oneProcess = true;
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.retry(policy).interval(Duration.ofMinutes(1)))) {
            rig.fail(1);
            process.batcher.add("a");
            process.batcher.flush();
            rig.runReady();
            DeadLetters letters = process.batcher.deadLetters().orElseThrow();
            List<Long> ids =
                    letters.list(0, 10).stream().map(DeadLetters.Letter::id).toList();
            rig.database.faults().failAt(2, true); // after the letters were read
            assertThatThrownBy(() -> process.batcher.redrive(ids)).isInstanceOf(BatcherStoreException.class);
            rig.advance(StoredFixture.POLL);
            assertThat(process.batcher.stats().depth()).isEqualTo(1);
            rig.advance(Duration.ofMinutes(1));
            assertThat(rig.handled).containsExactly("a");
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    private static void assertBalance(StoredFixture.Process process, long accepted, int depth) {
        BatcherStats stats = process.batcher.stats();
        assertThat(stats.accepted()).isEqualTo(accepted);
        assertThat(stats.depth()).isEqualTo(depth);
        assertThat(stats.handled() + stats.deadLettered() + stats.depth()).isEqualTo(stats.accepted());
    }

    @Test
    void theAgeOfAnItemThatWaitsInAPauseIsKnownWithoutACount() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            process.batcher.pause();
            process.batcher.add("a");
            rig.advanceMillis(700);
            assertThat(process.batcher.stats().oldestAge()).isEqualTo(Duration.ofMillis(700));
        }
    }

    @Test
    void aCodecWithATypeThatIsTooLongIsRefused() {
        ItemCodec<String> codec = new ItemCodec<>() {
            @Override
            public String type() {
                return "x".repeat(201);
            }

            @Override
            public byte[] write(String item) {
                return item.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String read(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
            }
        };
        assertThatThrownBy(() -> rig.start(CallStyle.SYNC, builder -> builder.codec(codec)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("codec must have a type from 1 to 200 characters, but it has 201");
    }

    @Test
    void theLargestBatchSizeIsDelivered() {
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC, builder -> builder.capacity(Integer.MAX_VALUE).maxBatchSize(Integer.MAX_VALUE))) {
            process.batcher.add("a");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");
        }
    }

    @Test
    void theAgeOfTheOldestItemIsThatOfTheStore() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.autoFlush(false))) {
            process.batcher.pause();
            rig.advance(Duration.ofSeconds(2));
            process.batcher.add("a");
            rig.advance(Duration.ofSeconds(10));
            Objects.requireNonNull(process.batcher.stats());
            rig.advance(Duration.ofSeconds(1));
            assertThat(process.batcher.stats().oldestAge()).isEqualTo(Duration.ofSeconds(11));
            assertThat(process.batcher.stats().depth()).isEqualTo(1);
        }
    }
}
