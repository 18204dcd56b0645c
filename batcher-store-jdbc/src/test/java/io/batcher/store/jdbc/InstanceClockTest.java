/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClock;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Instances whose clocks are hours off, or are set between a stop and a start. */
@Timeout(120)
class InstanceClockTest {

    private static final int ITEMS = 400;

    @TempDir
    Path directory;

    private final String prefix = Postgres.newPrefix();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    /** The clock of an instance that is hours off. */
    private record Off(Duration by) implements BatcherClock {
        private static final BatcherClock SYSTEM = BatcherClock.system();

        static Off hours(int hours) {
            return new Off(Duration.ofHours(hours));
        }

        @Override
        public long nanoTime() {
            return SYSTEM.nanoTime() + by.toNanos();
        }

        @Override
        public Instant instant() {
            return SYSTEM.instant().plus(by);
        }

        @Override
        public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
            return SYSTEM.await(latch, nanos);
        }
    }

    private BatcherBuilder<String> builder(StoreKind kind, int hours) {
        return Batcher.<String>builder("readings")
                .store(kind.open(directory, prefix))
                .codec(ItemCodec.strings())
                .clock(Off.hours(hours))
                .interval(Duration.ofMillis(50))
                .onError(failure -> {});
    }

    @ParameterizedTest
    @CsvSource({"FILE, 5, -5", "FILE, -5, 5", "POSTGRES, 5, -5", "POSTGRES, -5, 5"})
    void aRetryThatWasRecordedWaitsNoLongerThanItsDelay(StoreKind kind, int before, int after) {
        RetryPolicy policy = RetryPolicy.builder()
                .delay(Duration.ofMillis(500))
                .maxDelay(Duration.ofMillis(500))
                .build();
        try (Batcher<String> fails = builder(kind, before)
                .retry(policy)
                .handler(batch -> {
                    throw new IllegalStateException("failure");
                })
                .build()) {
            fails.addMany(List.of("a", "b"));
            Waiting.until("an attempt has failed", () -> fails.stats().failedAttempts() > 0);
        }
        List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
        try (Batcher<String> batcher = builder(kind, after)
                .retry(policy)
                .handler(batch -> {
                    attempts.add(batch.attempt());
                    handled.addAll(batch);
                })
                .build()) {
            batcher.add("c");
            assertThat(batcher.stats().oldestAge()).isLessThan(Duration.ofHours(11));
            Waiting.until("all are handled", () -> handled.size() == 3);
            assertThat(batcher.stats().failedAttempts()).isZero();
        }
        assertThat(handled).containsExactly("a", "b", "c");
        assertThat(attempts.get(0)).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfAFastClockAreDeliveredAtTheirInterval(StoreKind kind) {
        try (Batcher<String> fast =
                builder(kind, 5).handler(handled::addAll).autoFlush(false).build()) {
            fast.addMany(List.of("a", "b"));
        }
        try (Batcher<String> right = builder(kind, 0).handler(handled::addAll).build()) {
            Waiting.until("all are handled", () -> right.stats().depth() == 0);
            assertThat(handled).containsExactly("a", "b");
            assertThat(right.stats().oldestAge()).isZero();
        }
    }

    /** Leases are measured by the database: a clock that is fast takes no partition, and one that is slow loses none. */
    @Test
    void instancesWithOtherClocksShareAsOthersDo() throws Exception {
        try (Batcher<String> fast = keyed(5).build();
                Batcher<String> slow = keyed(-5).build()) {
            Waiting.until(
                    "the partitions are shared",
                    () -> fast.stats().lanes() == 2 && slow.stats().lanes() == 2);
            for (int i = 0; i < ITEMS; i += 20) {
                fast.addMany(items(i, i + 10));
                slow.addMany(items(i + 10, i + 20));
            }
            fast.flush().get(60, TimeUnit.SECONDS);
            slow.flush().get(60, TimeUnit.SECONDS);
            assertThat(fast.stats().lanes()).isEqualTo(2);
            assertThat(slow.stats().lanes()).isEqualTo(2);
            assertThat(fast.stats().fenced() + slow.stats().fenced()).isZero();
            assertThat(fast.stats().oldestAge()).isLessThan(Duration.ofMinutes(2));
        }
        assertThat(handled).hasSize(ITEMS).doesNotHaveDuplicates();
        for (int key = 0; key < 10; key++) {
            int one = key;
            assertThat(handled.stream()
                            .mapToInt(Integer::parseInt)
                            .filter(number -> number % 10 == one)
                            .toArray())
                    .as("items of key %d", key)
                    .isSorted();
        }
    }

    private BatcherBuilder<String> keyed(int hours) {
        return builder(StoreKind.POSTGRES, hours)
                .key(item -> Integer.parseInt(item) % 10)
                .partitions(4)
                .concurrency(2)
                .handler(handled::addAll);
    }

    private static List<String> items(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }
}
