/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestItems.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G4 and G10: a call that blocks for room makes the waiting items due at once. A call that is rejected does not. */
class G04RoomWantedTest {

    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    private static BatcherFixture rig(CallStyle style, UnaryOperator<BatcherBuilder<String>> options) {
        return new BatcherFixture(
                style,
                builder -> options.apply(builder.interval(HALF_A_MINUTE)
                        .capacity(10)
                        .overflow(Overflow.BLOCK)
                        .retry(RetryPolicy.builder()
                                .delay(Duration.ofMillis(500))
                                .build())));
    }

    @ParameterizedTest
    @EnumSource
    void waitingItemsAreDeliveredAtOnceWhenACallBlocksForRoom(CallStyle style) {
        try (BatcherFixture rig = rig(style, builder -> builder)) {
            rig.add("a");
            rig.batcher.addMany(numbered(10));
            assertThat(rig.millis()).isZero();
            assertThat(rig.log).startsWith("0 EAGER 1 [a]");
            rig.runReady();
            assertThat(rig.handled).hasSize(11);
            assertThat(rig.stats().rejected()).isZero();
        }
    }

    @Test
    void waitingItemsAreDeliveredAtOnceWithTheDefaultLimitsToo() {
        try (BatcherFixture rig =
                rig(CallStyle.SYNC, builder -> builder.capacity(1_000).maxBatchSize(1_000))) {
            rig.add("a");
            rig.batcher.addMany(numbered(1_000));
            assertThat(rig.millis()).isZero();
        }
    }

    @Test
    void waitingItemsAreDeliveredAtOnceWhileAutoFlushIsOff() {
        try (BatcherFixture rig = rig(CallStyle.SYNC, builder -> builder.autoFlush(false))) {
            rig.add("a", "b");
            rig.batcher.addMany(numbered(9));
            assertThat(rig.millis()).isZero();
            assertThat(rig.batches()).containsExactly(List.of("a", "b"));
            rig.advanceMillis(60_000);
            assertThat(rig.calls).hasSize(1); // the accepted call waits for its own trigger
        }
    }

    @Test
    void weighedItemsAreDeliveredAtOnceWhenACallBlocksForRoom() {
        try (BatcherFixture rig =
                rig(CallStyle.SYNC, builder -> builder.maxBatchWeight(100).weigher(item -> 1))) {
            rig.add("a", "b");
            rig.batcher.addMany(numbered(9));
            assertThat(rig.millis()).isZero();
            assertThat(rig.log).containsExactly("0 EAGER 1 [a, b]");
        }
    }

    @Test
    void aBatchThatFailedKeepsItsDelay() {
        try (BatcherFixture rig = rig(CallStyle.SYNC, builder -> builder)) {
            rig.fail(1).add("a").batcher.flush();
            rig.runReady().add("b");
            rig.batcher.addMany(numbered(9));
            assertThat(rig.log)
                    .startsWith("0 MANUAL 1 [a]", "0 failed [a] failure 1, again in 500", "500 MANUAL 2 [a]");
            assertThat(rig.millis()).isEqualTo(500);
        }
    }

    @Test
    void itemsBehindARetriedBatchFollowItWhenMoreRoomIsNeeded() {
        try (BatcherFixture rig = rig(CallStyle.SYNC, builder -> builder)) {
            rig.fail(1).add("a").batcher.flush();
            rig.runReady().add("b");
            rig.batcher.addMany(numbered(10));
            assertThat(rig.millis()).isEqualTo(500);
            assertThat(rig.batches()).startsWith(List.of("a"), List.of("a"), List.of("b"));
        }
    }

    @Test
    void anAttemptThatFailsForABlockedCallIsRetriedAfterItsDelay() {
        try (BatcherFixture rig = rig(CallStyle.SYNC, builder -> builder.maxBlock(Duration.ofMillis(1_200)))) {
            rig.fail(9).add("a");
            assertThatThrownBy(() -> rig.batcher.addMany(numbered(10))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.millis()).isEqualTo(1_200);
            assertThat(rig.calls).hasSize(3); // at 0, 500 and 1000
        }
    }

    @Test
    void aCallThatBlocksWhilePausedTimesOutAndLeavesNothingDue() {
        try (BatcherFixture rig = rig(CallStyle.SYNC, builder -> builder)) {
            rig.batcher.pause();
            rig.add("a");
            assertThatThrownBy(() -> rig.batcher.addMany(numbered(10))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.millis()).isEqualTo(1_000);
            rig.batcher.resume();
            rig.advanceMillis(28_999);
            assertThat(rig.calls).isEmpty();
            rig.advanceMillis(1);
            assertThat(rig.log).containsExactly("30000 INTERVAL 1 [a]");
        }
    }

    @Test
    void aCallThatBlocksWithoutAHandlerTimesOut() {
        try (BatcherFixture rig =
                BatcherFixture.bare(builder -> builder.capacity(10).overflow(Overflow.BLOCK))) {
            rig.add("a");
            assertThatThrownBy(() -> rig.batcher.addMany(numbered(10))).isInstanceOf(BatcherFullException.class);
            assertThat(rig.millis()).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REJECT", "DROP_NEWEST", "BLOCK"})
    void aCallThatDoesNotBlockMakesNothingDue(Overflow policy) {
        try (BatcherFixture rig =
                rig(CallStyle.SYNC, builder -> builder.overflow(policy).maxBlock(Duration.ZERO))) {
            rig.add("a");
            if (policy == Overflow.DROP_NEWEST) {
                rig.batcher.addMany(numbered(10));
                assertThat(rig.dropped).hasSize(10);
            } else {
                assertThatThrownBy(() -> rig.batcher.addMany(numbered(10))).isInstanceOf(BatcherFullException.class);
            }
            assertThat(rig.batcher.offer("b")).isTrue();
            rig.advanceMillis(29_999);
            assertThat(rig.calls).isEmpty();
        }
    }

    /** Unclaimed slots of the open chunk count as free. */
    @ParameterizedTest
    @EnumSource(names = {"REJECT", "DROP_NEWEST", "BLOCK"})
    void nothingIsRejectedWhileItFits(Overflow policy) {
        for (int first = 1; first < 40; first++) {
            int waiting = first;
            try (BatcherFixture rig = rig(
                    CallStyle.SYNC,
                    builder -> builder.capacity(40).overflow(policy).maxBlock(Duration.ZERO))) {
                for (int i = 0; i < waiting; i++) {
                    assertThat(rig.batcher.offer("a")).isTrue();
                }
                rig.batcher.addMany(numbered(40 - waiting));
                assertThat(rig.batcher.stats().depth()).isEqualTo(40);
                assertThat(rig.batcher.offer("b")).isFalse();
            }
        }
    }

    // --- waiting threads are real, time is virtual

    private final VirtualTime time = new VirtualTime();
    private final WatchedClock clock = new WatchedClock(time);
    private final List<List<String>> batches = new ArrayList<>();
    private final List<CompletableFuture<Void>> stages = new ArrayList<>();

    private Batcher<String> byHand(int capacity) {
        return time.applyTo(Batcher.<String>builder("blocking"))
                .clock(clock)
                .asyncHandler(batch -> {
                    batches.add(List.copyOf(batch));
                    stages.add(new CompletableFuture<>());
                    return stages.get(stages.size() - 1);
                })
                .interval(HALF_A_MINUTE)
                .capacity(capacity)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofSeconds(10))
                .build();
    }

    private void succeed() {
        stages.get(stages.size() - 1).complete(null);
        time.runReady();
    }

    @Test
    void offerIsRejectedOnlyUntilTheBlockedCallIsAccepted() throws Exception {
        Batcher<String> batcher = byHand(10);
        batcher.add("a");
        CompletableFuture<?> large = clock.startWaiting(() -> batcher.addMany(numbered(10)));
        time.runReady();
        assertThat(batches).containsExactly(List.of("a"));
        assertThat(batcher.offer("x")).isFalse(); // the room is reserved for the blocked call
        succeed();
        large.get(10, TimeUnit.SECONDS);
        time.runReady(); // a full batch
        succeed();
        assertThat(batcher.offer("y")).isTrue();
        batcher.close(Duration.ZERO);
    }

    @Test
    void itemsOfOneBlockedCallAreDueForTheNextBlockedCall() throws Exception {
        Batcher<String> batcher = byHand(10);
        batcher.addMany(List.of("a", "b"));
        CompletableFuture<?> first = clock.startWaiting(() -> batcher.addMany(numbered(9)));
        CompletableFuture<?> second = clock.startWaiting(() -> batcher.addMany(List.of("c", "d", "e")));
        CompletableFuture<?> third = clock.startWaiting(() -> batcher.submit("f"));
        time.runReady();
        succeed(); // a and b: the first call is accepted
        first.get(10, TimeUnit.SECONDS);
        assertThat(batches).containsExactly(List.of("a", "b"), numbered(9));
        succeed(); // its batch was due because the others wait
        second.get(10, TimeUnit.SECONDS);
        third.get(10, TimeUnit.SECONDS);
        assertThat(batches).hasSize(2); // no call waits any more
        time.advance(HALF_A_MINUTE);
        assertThat(batches).hasSize(3).endsWith(List.of("c", "d", "e", "f"));
        batcher.close(Duration.ZERO);
    }

    @Test
    void anInterruptedCallLeavesNothingDue() throws Exception {
        Batcher<String> batcher = byHand(10);
        batcher.pause();
        batcher.add("a");
        Thread[] waiter = new Thread[1];
        CompletableFuture<?> call = clock.startWaiting(() -> {
            waiter[0] = Thread.currentThread();
            batcher.addMany(numbered(10));
        });
        waiter[0].interrupt();
        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(BatcherFullException.class);
        batcher.resume();
        time.runReady();
        assertThat(batches).isEmpty();
        assertThat(batcher.offer("b")).isTrue();
        batcher.close(Duration.ZERO);
    }

    @Test
    void aBlockedCallWaitsForTheBatchInFlightAndTheItemsBehindIt() throws Exception {
        Batcher<String> batcher = byHand(10);
        batcher.add("a");
        batcher.flush();
        time.runReady();
        batcher.add("b");
        CompletableFuture<?> large = clock.startWaiting(() -> batcher.addMany(numbered(10)));
        succeed(); // a: not enough room
        assertThat(batches).containsExactly(List.of("a"), List.of("b"));
        assertThat(large).isNotDone();
        succeed();
        large.get(10, TimeUnit.SECONDS);
        batcher.close(Duration.ZERO);
    }
}
