/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G10, BLOCK: a call blocks up to {@code maxBlock}, then throws; an interrupt ends the wait in the same way and the flag is kept.
 * Waiting threads are real, time is virtual.
 */
class G10BlockingTest {

    private final VirtualTime time = new VirtualTime();
    private final WatchedClock clock = new WatchedClock(time);
    private final List<String> handled = new ArrayList<>();

    private Batcher<String> blocking(int capacity) {
        return time.applyTo(Batcher.<String>builder("blocking"))
                .clock(clock)
                .handler(handled::addAll)
                .capacity(capacity)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofSeconds(10))
                .build();
    }

    private static void await(CompletableFuture<?>... futures)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture.allOf(futures).get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aCallBlocksUntilThereIsRoom(CallStyle style) {
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.capacity(2).overflow(Overflow.BLOCK))) {
            rig.fail(1).add("a", "b").runReady();
            rig.add("c"); // the retry makes room
            assertThat(rig.millis()).isEqualTo(500);
            assertThat(rig.handled).containsExactly("a", "b");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(rig.stats().rejected()).isZero();
        }
    }

    @Test
    void aCallThrowsAfterMaxBlock() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.capacity(2).overflow(Overflow.BLOCK).maxBlock(Duration.ofMillis(1_234)))) {
            rig.batcher.pause();
            rig.add("a", "b");
            assertThatThrownBy(() -> rig.add("c"))
                    .isInstanceOf(BatcherFullException.class)
                    .hasMessage(
                            "batcher \"rig\" is full: its capacity of 2 items is used up and the overflow policy is BLOCK");
            assertThat(rig.millis()).isEqualTo(1_234);
            assertThat(rig.stats().rejected()).isEqualTo(1);
            assertThat(rig.stats().accepted()).isEqualTo(2);
        }
    }

    @Test
    void maxBlockIsOneSecondByDefault() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK))) {
            rig.batcher.pause();
            rig.add("a");
            assertThat(causeOf(rig.batcher.submit("b"))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.millis()).isEqualTo(1_000);
        }
    }

    @Test
    void offerAndCallsWithoutMaxBlockDoNotBlock() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.capacity(1).overflow(Overflow.BLOCK).maxBlock(Duration.ZERO))) {
            rig.batcher.pause();
            rig.add("a");
            assertThatThrownBy(() -> rig.add("b")).isInstanceOf(BatcherFullException.class);
            assertThat(rig.batcher.offer("c")).isFalse();
            assertThat(rig.millis()).isZero();
            assertThat(rig.stats().rejected()).isEqualTo(2);
        }
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK))) {
            rig.batcher.pause();
            rig.add("a");
            assertThat(rig.batcher.offer("b")).isFalse();
            assertThat(rig.millis()).isZero();
        }
    }

    @Test
    void anInterruptedThreadDoesNotBlockAndKeepsItsFlag() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK))) {
            rig.batcher.pause();
            rig.add("a");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> rig.add("b")).isInstanceOf(BatcherFullException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(rig.millis()).isZero();
            assertThat(rig.stats().rejected()).isEqualTo(1);
            rig.batcher.resume();
            rig.runReady().add("c").runReady();
            assertThat(rig.handled).containsExactly("a", "c");
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheFlagIsKept() throws Exception {
        Batcher<String> batcher = blocking(1);
        batcher.pause();
        batcher.add("a");
        Thread[] waiter = new Thread[1];
        CompletableFuture<Boolean> flag = clock.startWaiting(() -> {
            waiter[0] = Thread.currentThread();
            assertThatThrownBy(() -> batcher.add("b")).isInstanceOf(BatcherFullException.class);
        });
        waiter[0].interrupt();
        await(flag);
        assertThat(flag.join()).isTrue();
        assertThat(batcher.stats().rejected()).isEqualTo(1);
        batcher.resume();
        time.runReady();
        batcher.add("c");
        time.runReady();
        assertThat(handled).containsExactly("a", "c");
        batcher.close();
    }

    @Test
    void blockedCallsAreServedInTheirOrder() throws Exception {
        Batcher<String> batcher = blocking(2);
        batcher.pause();
        batcher.addMany(List.of("a", "b"));
        CompletableFuture<?> first = clock.startWaiting(() -> batcher.add("c"));
        CompletableFuture<?> second = clock.startWaiting(() -> batcher.addMany(List.of("d", "e")));
        CompletableFuture<?> third = clock.startWaiting(() -> batcher.submit("f"));
        batcher.resume();
        time.advance(Duration.ofMillis(1_500));
        await(first, second, third);
        time.advance(Duration.ofMillis(500));
        assertThat(handled).containsExactly("a", "b", "c", "d", "e", "f");
        batcher.close();
    }

    @Test
    void aSmallCallDoesNotOvertakeALargeBlockedOne() throws Exception {
        Batcher<String> batcher = blocking(3);
        batcher.pause();
        batcher.addMany(List.of("a", "b"));
        CompletableFuture<?> large = clock.startWaiting(() -> batcher.addMany(List.of("c", "d")));
        assertThat(batcher.offer("x")).isFalse();
        batcher.resume();
        time.advance(Duration.ofMillis(500));
        await(large);
        time.advance(Duration.ofMillis(500));
        assertThat(handled).containsExactly("a", "b", "c", "d");
        batcher.close();
    }

    @Test
    void aSmallCallIsAcceptedOnceTheLargeOneBeforeItTimesOut() throws Exception {
        Batcher<String> batcher = blocking(3);
        batcher.pause();
        batcher.addMany(List.of("a", "b"));
        CompletableFuture<?> large = clock.startWaiting(() -> batcher.addMany(List.of("c", "d")));
        time.advance(Duration.ofSeconds(6));
        CompletableFuture<?> small = clock.startWaiting(() -> batcher.add("e"));
        time.advance(Duration.ofSeconds(4));
        assertThatThrownBy(() -> await(large)).hasRootCauseInstanceOf(BatcherFullException.class);
        await(small);
        assertThat(batcher.stats().depth()).isEqualTo(3);
        assertThat(batcher.stats().rejected()).isEqualTo(2);
        batcher.close();
        assertThat(handled).containsExactly("a", "b", "e");
    }

    @Test
    void closeEndsTheWaitWithBatcherClosedException() throws Exception {
        Batcher<String> batcher = blocking(1);
        batcher.pause();
        batcher.add("a");
        List<CompletableFuture<Void>> submitted = new ArrayList<>();
        CompletableFuture<?> add = clock.startWaiting(() -> batcher.add("b"));
        CompletableFuture<?> addMany = clock.startWaiting(() -> batcher.addMany(Arrays.asList("c")));
        CompletableFuture<?> submit = clock.startWaiting(() -> submitted.add(batcher.submit("d")));
        batcher.close();
        assertThatThrownBy(() -> await(add)).hasRootCauseInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> await(addMany)).hasRootCauseInstanceOf(BatcherClosedException.class);
        await(submit);
        assertThat(causeOf(submitted.get(0))).isInstanceOf(BatcherClosedException.class);
        assertThat(handled).containsExactly("a");
        assertThat(batcher.stats().accepted()).isEqualTo(1);
    }
}
