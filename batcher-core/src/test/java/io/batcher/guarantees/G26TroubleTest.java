/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherFullException;
import io.batcher.BatcherState;
import io.batcher.BatcherStoreException;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.StoredFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G26: what is wrong with the store is told to those who add, and nothing is lost by it. */
class G26TroubleTest {

    private final StoredFixture rig = new StoredFixture();

    /** Refuses what begins with "bad". */
    private static ItemCodec<String> picky(String type) {
        return ItemCodec.of(type, item -> item.getBytes(StandardCharsets.UTF_8), bytes -> {
            String item = new String(bytes, StandardCharsets.UTF_8);
            if (item.startsWith("bad")) {
                throw new IllegalArgumentException("refused");
            }
            return item;
        });
    }

    @Test
    void anAddToAStoreThatIsDownFailsAtOnceAndStoresNothing() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            rig.database.faults().failAt(1, false);
            assertThatThrownBy(() -> process.batcher.add("a")).isInstanceOf(BatcherStoreException.class);
            rig.database.faults().failAt(1, false);
            assertThat(process.batcher.submit("b")).isCompletedExceptionally();
            assertThat(process.batcher.stats().storeFailure()).isPresent();
            assertThat(process.batcher.stats().depth()).isZero();
            process.batcher.add("c");
            assertThat(process.batcher.stats().storeFailure()).isEmpty();
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("c");
        }
    }

    /** Its caller knows; nothing was logged. */
    @Test
    void afterAFailureThatOnlyTheCallerSawNoRecoveryIsLogged() {
        try (CapturedLog log = new CapturedLog();
                StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            rig.database.faults().failAt(1, false);
            assertThatThrownBy(() -> process.batcher.add("a")).isInstanceOf(BatcherStoreException.class);
            process.batcher.add("b");
            rig.advanceMillis(500);
            assertThat(log.lines()).noneMatch(line -> line.contains("answers again"));
            process.batcher.add("c");
            rig.database.faults().failAt(1, false);
            rig.advanceMillis(5_000);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("answers again"))
                    .hasSize(1);
        }
    }

    @Test
    void underBlockAnAddWaitsForTheStore() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.overflow(Overflow.BLOCK))) {
            rig.database.faults().failAt(1, false);
            process.batcher.add("a");
            assertThat(rig.database.size()).isEqualTo(1);
        }
    }

    @Test
    void underBlockAnAddFailsWithTheCauseAfterMaxBlock() {
        StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.overflow(Overflow.BLOCK));
        process.kill();
        long before = rig.time.nanoTime();
        assertThatThrownBy(() -> process.batcher.add("a")).isInstanceOf(BatcherStoreException.class);
        assertThat(Duration.ofNanos(rig.time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void anAttemptThatCannotBeRecordedIsPutOffAndCountsAsNone(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style)) {
            process.batcher.add("a");
            rig.database.faults().failAt(2, false); // after the read
            rig.advanceMillis(500);
            assertThat(rig.calls).isEmpty();
            assertThat(rig.failures).isEmpty();
            rig.advanceMillis(100);
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.lastCall().attempt()).isEqualTo(1);
            assertThat(process.batcher.stats().failedAttempts()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void anEarlyAttemptThatCannotBeRecordedIsStillEarlyAndDoesNotDelayTheScheduledRetry(CallStyle style) {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(2)
                .delay(Duration.ofSeconds(10))
                .jitter(0)
                .build();
        try (StoredFixture.Process process = rig.start(style, builder -> builder.retry(policy))) {
            process.batcher.add("a");
            rig.fail(2);
            rig.advanceMillis(500); // the first attempt fails
            rig.advanceMillis(1_000);
            rig.database.faults().failAt(2, false); // after the flush has asked what it covers
            CompletableFuture<Void> flushed = process.batcher.flush();
            rig.runReady();
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(100);
            assertThat(rig.calls).hasSize(2); // early: it does not count
            assertThat(flushed).isCompletedExceptionally();
            rig.advanceMillis(8_899);
            assertThat(rig.calls).hasSize(2);
            rig.advanceMillis(1);
            assertThat(rig.handled).containsExactly("a");
            assertThat(rig.letters).isEmpty();
        }
    }

    @Test
    void aFirstAttemptThatCannotBeRecordedCountsAlsoIfAFlushRepeatsIt() {
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.retry(policy))) {
            process.batcher.add("a");
            rig.fail(1);
            rig.database.faults().failAt(2, false); // after the read
            rig.advanceMillis(500);
            process.batcher.flush();
            rig.runReady();
            assertThat(rig.calls).hasSize(1);
            assertThat(rig.letters).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void afterCloseAnOutcomeThatCouldNotBeRecordedIsNotRecordedAnyMore(CallStyle style) {
        try (CapturedLog log = new CapturedLog()) {
            StoredFixture.Process process = rig.start(style);
            process.batcher.add("a");
            rig.script.add(batch -> process.kill());
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a");

            process.batcher.close(Duration.ofSeconds(1));
            rig.advance(StoredFixture.POLL); // the last timer of the store itself
            assertThat(rig.time.pendingTimers()).isZero();
            assertThat(log.lines())
                    .contains(
                            "WARNING Batcher \"rig\" is closed before the store has recorded the outcome of an attempt with 1"
                                    + " item; the process that owns the partition next delivers it again");

            try (StoredFixture.Process next = rig.start(style)) {
                rig.advance(StoredFixture.LEASE.plus(StoredFixture.POLL).plusSeconds(1));
                assertThat(rig.handled).containsExactly("a", "a");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void anOutcomeThatIsBeingRecordedWhenCloseEndsIsNotRecordedAgain(CallStyle style) {
        StoredFixture.Process process = rig.start(style);
        process.batcher.add("a");
        rig.script.add(batch -> rig.database
                .faults()
                .failNextAfter(() -> CompletableFuture.runAsync(() -> process.batcher.close(Duration.ZERO))
                        .join()));
        rig.advanceMillis(500);
        assertThat(rig.handled).containsExactly("a");
        assertThat(process.batcher.stats().state()).isEqualTo(BatcherState.CLOSED);
        process.kill();
        rig.advance(Duration.ofMinutes(1));
        assertThat(rig.time.pendingTimers()).isZero();
        assertThat(process.batcher.stats().fenced()).isZero();
    }

    @Test
    void whatTheCodecRefusesGoesToTheDeadLettersAndWhatStandsBehindItIsDelivered() {
        StoredFixture.Process first = rig.start(CallStyle.SYNC, builder -> builder.codec(picky("v1")));
        first.batcher.addMany(List.of("a", "bad1", "b", "bad2"));
        rig.advanceMillis(500);
        assertThat(rig.handled).containsExactly("a", "b");
        assertThat(first.batcher.deadLetters().orElseThrow().count()).isEqualTo(2);
        assertThat(first.batcher.stats().deadLettered()).isEqualTo(2);
        assertThat(first.batcher.stats().depth()).isZero();
        assertThat(first.batcher.stats().stoppedPartitions()).isZero();
    }

    @Test
    void anUnknownTypeStopsThePartitionAndNothingIsMoved() {
        StoredFixture.Process newer =
                rig.start(CallStyle.SYNC, builder -> builder.codec(picky("v2")).autoFlush(false));
        newer.batcher.addMany(List.of("a", "b"));
        newer.close();
        StoredFixture.Process older = rig.start(CallStyle.SYNC, builder -> builder.codec(picky("v1")));
        rig.advance(StoredFixture.POLL.multipliedBy(2));
        assertThat(older.batcher.stats().stoppedPartitions()).isEqualTo(1);
        assertThat(older.batcher.stats().lanes()).isZero();
        assertThat(rig.database.size()).isEqualTo(2);
        assertThat(older.batcher.deadLetters().orElseThrow().count()).isZero();
        older.close();
        rig.start(CallStyle.SYNC, builder -> builder.codec(picky("v2")));
        rig.advance(StoredFixture.POLL.multipliedBy(2));
        assertThat(rig.handled).containsExactly("a", "b");
    }

    @Test
    void aHundredRefusalsInARowStopThePartitionAndNothingIsMoved() {
        StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.codec(picky("v1")));
        List<String> bad = IntStream.range(0, 100).mapToObj(i -> "bad" + i).toList();
        process.batcher.add("a");
        process.batcher.addMany(bad);
        rig.advanceMillis(500);
        assertThat(rig.handled).containsExactly("a");
        assertThat(process.batcher.stats().stoppedPartitions()).isEqualTo(1);
        assertThat(rig.database.size()).isEqualTo(100);
        assertThat(process.batcher.deadLetters().orElseThrow().count()).isZero();
    }

    /** As of a ServiceLoader in a codec. Only an error of the virtual machine says nothing about the item. */
    @Test
    void anItemForWhichTheCodecThrowsAnErrorGoesToTheDeadLetters() {
        ItemCodec<String> codec = ItemCodec.of("v1", item -> item.getBytes(StandardCharsets.UTF_8), bytes -> {
            String item = new String(bytes, StandardCharsets.UTF_8);
            if (item.equals("bad")) {
                throw new ServiceConfigurationError("no provider");
            }
            return item;
        });
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.codec(codec))) {
            process.batcher.addMany(List.of("a", "bad", "b"));
            rig.advanceMillis(500);
            rig.advance(StoredFixture.POLL);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(process.batcher.deadLetters().orElseThrow().count()).isEqualTo(1);
        }
    }

    @Test
    void anErrorWhileItemsAreReadLosesNothing() {
        AtomicBoolean fails = new AtomicBoolean(true);
        ItemCodec<String> codec = ItemCodec.of("v1", item -> item.getBytes(StandardCharsets.UTF_8), bytes -> {
            if (fails.getAndSet(false)) {
                throw new OutOfMemoryError("simulated");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        });
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.codec(codec))) {
            process.batcher.addMany(List.of("a", "b"));
            rig.advanceMillis(500);
            assertThat(rig.handled).isEmpty();
            rig.advance(StoredFixture.POLL.multipliedBy(3));
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void capacityLimitsWhatIsStored() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.capacity(3))) {
            process.batcher.addMany(List.of("a", "b"));
            assertThatThrownBy(() -> process.batcher.addMany(List.of("c", "d")))
                    .isInstanceOf(BatcherFullException.class);
            assertThat(process.batcher.offer("c")).isTrue();
            assertThat(process.batcher.offer("d")).isFalse();
            assertThat(process.batcher.stats().rejected()).isEqualTo(3);
            rig.advanceMillis(500);
            assertThat(process.batcher.offer("d")).isTrue();
            assertThat(process.batcher.stats().capacity()).isEqualTo(3);
        }
    }

    @Test
    void underBlockAnAddThatWaitsForRoomMakesWhatIsStoredDue() {
        RetryPolicy policy =
                RetryPolicy.builder().maxDelay(Duration.ofMinutes(10)).build();
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC,
                builder -> builder.capacity(2)
                        .overflow(Overflow.BLOCK)
                        .interval(Duration.ofMinutes(10))
                        .retry(policy))) {
            process.batcher.addMany(List.of("a", "b"));
            long before = rig.time.nanoTime();
            process.batcher.add("c");
            assertThat(rig.time.nanoTime()).isEqualTo(before);
            assertThat(rig.handled).containsExactly("a", "b");
            process.batcher.flush();
            rig.runReady();
            assertThat(rig.handled).containsExactly("a", "b", "c");
        }
    }

    @Test
    void anAddThatGetsRoomWhileTheCountFailsIsStored() {
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK))) {
            process.batcher.add("a");
            rig.database.faults().failNextAfter(() -> rig.advance(StoredFixture.POLL));
            process.batcher.add("b");
            rig.advance(StoredFixture.POLL);
            assertThat(rig.handled).containsExactly("a", "b");
            assertThat(process.batcher.offer("c")).isTrue(); // no room was left reserved
        }
    }
}
