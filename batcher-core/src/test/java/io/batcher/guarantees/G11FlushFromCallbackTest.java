/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.Batcher;
import io.batcher.BatcherListener;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G5 and G11: a flush from a callback does not skip the retry delay, so nothing spins; it covers the same items as any flush. */
class G11FlushFromCallbackTest {

    private static final RetryPolicy SLOW =
            RetryPolicy.builder().delay(Duration.ofSeconds(1)).build();

    /** The callbacks and listener methods that run when an attempt fails. */
    enum Inside {
        ON_ERROR,
        ON_BATCH_FAILED,
        ON_BATCH_STARTED,
        RETRY_ON,
        DEPENDENT_OF_A_FLUSH,
        ON_DROP
    }

    /** A batcher whose handler fails for a while, and whose callback at one place calls the batcher each time. */
    private final class Calling implements BatcherListener {
        private final Inside place;
        private final boolean drains;
        private final List<CompletableFuture<Void>> futures = new ArrayList<>();
        private final BatcherFixture rig;

        Calling(Inside place, CallStyle style, boolean drains, int fails) {
            this.place = place;
            this.drains = drains;
            RetryPolicy policy = RetryPolicy.builder()
                    .delay(Duration.ofSeconds(1))
                    .retryOn(cause -> {
                        at(Inside.RETRY_ON);
                        return true;
                    })
                    .build();
            this.rig = new BatcherFixture(
                    style,
                    builder -> builder.retry(policy)
                            .capacity(2)
                            .overflow(Overflow.DROP_NEWEST)
                            .onError(failure -> at(Inside.ON_ERROR))
                            .onDrop(item -> at(Inside.ON_DROP))
                            .listener(this));
            rig.fail(fails);
        }

        private void at(Inside here) {
            if (here == place) {
                futures.add(drains ? rig.batcher.drain() : rig.batcher.flush());
            }
        }

        private void flushAgainWhenDone(CompletableFuture<Void> future) {
            future.whenComplete((value, failure) -> {
                if (failure != null) {
                    CompletableFuture<Void> next = drains ? rig.batcher.drain() : rig.batcher.flush();
                    futures.add(next);
                    flushAgainWhenDone(next);
                }
            });
        }

        @Override
        public void onBatchStarted(String name, Batch<?> batch) {
            at(Inside.ON_BATCH_STARTED);
        }

        @Override
        public void onBatchFailed(BatchFailure<?> failure, Duration took) {
            at(Inside.ON_BATCH_FAILED);
            rig.batcher.offer("dropped");
            rig.batcher.offer("dropped");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFromACallbackKeepsTheDelayAndFailsWithTheNextAttempt(Inside place) {
        for (CallStyle style : CallStyle.values()) {
            for (boolean drains : new boolean[] {false, true}) {
                Calling calling = new Calling(place, style, drains, 4);
                try (BatcherFixture rig = calling.rig) {
                    rig.add("a");
                    if (place == Inside.DEPENDENT_OF_A_FLUSH) {
                        calling.flushAgainWhenDone(rig.batcher.flush());
                        rig.runReady();
                    } else {
                        rig.advanceMillis(500);
                    }
                    assertThat(rig.calls).hasSize(1);
                    rig.advanceMillis(999);
                    assertThat(rig.calls).as("%s %s", place, style).hasSize(1);
                    rig.advanceMillis(1);
                    assertThat(rig.calls).hasSize(2);
                    assertThat(causeOf(calling.futures.get(0))).hasMessage("failure 2");
                    rig.advanceMillis(10_000);
                    assertThat(rig.calls.get(4).attempt()).isEqualTo(5);
                    assertThat(calling.futures).allMatch(CompletableFuture::isDone);
                    assertThat(rig.handled).startsWith("a");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFromOnErrorSucceedsWithTheRetry(CallStyle style) {
        CompletableFuture<?>[] flushed = new CompletableFuture<?>[1];
        BatcherFixture[] it = new BatcherFixture[1];
        try (BatcherFixture rig = new BatcherFixture(
                style,
                builder -> builder.retry(SLOW).maxBatchSize(1).autoFlush(false).onError(failure -> {
                    it[0].add("b");
                    flushed[0] = it[0].batcher.flush();
                }))) {
            it[0] = rig;
            rig.fail(1).add("a").runReady();
            assertThat(flushed[0]).isNotDone();
            rig.advanceMillis(1_000);
            assertThat(flushed[0]).isCompleted();
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFromOutsideSkipsTheDelayWhileOneFromACallbackWaits(CallStyle style) {
        List<CompletableFuture<Void>> flushes = new ArrayList<>();
        BatcherFixture[] it = new BatcherFixture[1];
        try (BatcherFixture rig = new BatcherFixture(
                style, builder -> builder.retry(SLOW).onError(failure -> flushes.add(it[0].batcher.flush())))) {
            it[0] = rig;
            rig.fail(1).add("a").advanceMillis(600);
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(flushed).isCompleted();
            assertThat(flushes.get(0)).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void flushesFromTheHandlerAreFollowedByOneMoreAttempt(CallStyle style) {
        if (style == CallStyle.ASYNC_LATER) {
            return; // its body runs on another turn of the executor, not in the handler
        }
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(SLOW))) {
            for (int i = 0; i < 4; i++) {
                rig.script.add(batch -> {
                    rig.batcher.flush();
                    throw new IllegalStateException("no");
                });
            }
            rig.add("a").advanceMillis(5_000);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("INTERVAL"))
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "500 INTERVAL 2 [a]",
                            "1500 INTERVAL 3 [a]",
                            "1500 INTERVAL 4 [a]",
                            "2500 INTERVAL 5 [a]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFromOnDeadLetterKeepsTheDelayOfTheDeadLetter(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder()
                .delay(Duration.ofSeconds(1))
                .maxAttempts(1)
                .build();
        BatcherFixture[] it = new BatcherFixture[1];
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        style,
                        builder -> builder.retry(once).onDeadLetter(letter -> {
                            it[0].record("offer");
                            flushAgain(it[0].batcher, it[0]);
                            if (it[0].millis() < 2_000) {
                                throw new IllegalStateException("store is full");
                            }
                        }))) {
            it[0] = rig;
            rig.fail(1).add("a").advanceMillis(10_000);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("offer"))
                    .containsExactly("500 offer", "1500 offer", "2500 offer");
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    private static void flushAgain(Batcher<String> batcher, BatcherFixture rig) {
        batcher.flush().whenComplete((value, failure) -> {
            if (failure != null && rig.log.size() < 100) {
                rig.record("flush again");
                flushAgain(batcher, rig);
            }
        });
    }

    /** A batcher of capacity 4 whose dead-letter callback adds the items again while they are upper-case. */
    private static BatcherFixture addingToItself(CallStyle style, Overflow overflow, BatcherFixture[] it) {
        RetryPolicy once = RetryPolicy.builder()
                .delay(Duration.ofSeconds(1))
                .maxAttempts(1)
                .build();
        BatcherFixture rig = BatcherFixture.bare(builder -> builder.retry(once)
                .capacity(4)
                .maxBatchSize(1)
                .overflow(overflow)
                .onDeadLetter(letter -> {
                    it[0].record("offer " + letter.items());
                    letter.items().forEach(item -> it[0].batcher.add(item.toLowerCase(java.util.Locale.ROOT)));
                }));
        it[0] = rig;
        rig.batcher.pause();
        style.register(rig.batcher, rig.time, batch -> {
            if (batch.stream().anyMatch(item -> Character.isUpperCase(item.charAt(0)))) {
                throw new IllegalStateException("no");
            }
            rig.handled.addAll(batch);
        });
        return rig;
    }

    @ParameterizedTest
    @EnumSource
    void anOnDeadLetterThatAddsToItsFullBatcherDoesNotStopDelivery(Overflow overflow) {
        for (CallStyle style : CallStyle.values()) {
            BatcherFixture[] it = new BatcherFixture[1];
            try (CapturedLog quiet = new CapturedLog();
                    BatcherFixture rig = addingToItself(style, overflow, it)) {
                rig.add("A", "b", "c", "d");
                rig.batcher.resume();
                rig.runReady();
                assertThat(rig.handled).as("%s", style).contains("c", "d");
                rig.advanceMillis(60_000);
                assertThat(rig.stats().deadLettered()).isEqualTo(1);
                assertThat(rig.stats().depth()).isZero();
                assertThat(rig.log).filteredOn(line -> line.contains("offer")).hasSizeLessThanOrEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void deadLettersThatWaitForRoomKeepTheirOrderAndDelay(CallStyle style) {
        BatcherFixture[] it = new BatcherFixture[1];
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = addingToItself(style, Overflow.REJECT, it)) {
            rig.add("A", "B", "c", "d");
            rig.batcher.resume();
            rig.runReady();
            assertThat(rig.handled).containsExactly("c", "d");
            rig.advanceMillis(999);
            assertThat(rig.log).filteredOn(line -> line.contains("offer")).containsExactly("0 offer [A]");
            rig.advanceMillis(9_000);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("offer"))
                    .containsExactly("0 offer [A]", "1000 offer [A]", "1000 offer [B]");
            assertThat(rig.handled).containsExactly("c", "d", "a", "b");
        }
    }

    @Test
    void aDeadLetterThatFindsNoRoomIsOfferedOncePerDelayAndHandedBack() {
        BatcherFixture[] it = new BatcherFixture[1];
        try (CapturedLog quiet = new CapturedLog()) {
            BatcherFixture rig = addingToItself(CallStyle.SYNC, Overflow.BLOCK, it);
            rig.add("A", "B", "C", "D");
            rig.batcher.resume();
            rig.advanceMillis(10_500);
            assertThat(rig.log).filteredOn(line -> line.contains("offer")).hasSize(11);
            assertThat(rig.stats().depth()).isEqualTo(4);
            assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).containsExactly("A", "B", "C", "D");
        }
    }

    @ParameterizedTest
    @EnumSource
    void laterBatchesWaitWhenTheCallbackThrowsAnyOtherException(CallStyle style) {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        boolean[] refuses = {true};
        try (CapturedLog quiet = new CapturedLog();
                BatcherFixture rig = new BatcherFixture(
                        style,
                        builder -> builder.retry(once)
                                .capacity(2)
                                .maxBatchSize(1)
                                .onDeadLetter(letter -> {
                                    if (refuses[0]) {
                                        throw new IllegalStateException("store is full");
                                    }
                                }))) {
            rig.fail(1).add("a", "b").advanceMillis(400);
            assertThat(rig.handled).isEmpty();
            refuses[0] = false;
            rig.advanceMillis(100);
            assertThat(rig.handled).containsExactly("b");
        }
    }

    /** The items are new, so no retry is pending; the flush waits for the delay of the failure all the same. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itemsThatACallbackAddsAndFlushesWaitForTheDelay(boolean onDeadLetter) {
        List<Batcher<String>> self = new ArrayList<>();
        RetryPolicy policy = RetryPolicy.builder().maxAttempts(1).build();
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> {
            builder.retry(policy).interval(Duration.ofSeconds(30));
            Runnable again = () -> {
                self.get(0).offer("again");
                self.get(0).flush();
            };
            return onDeadLetter
                    ? builder.onDeadLetter(letter -> again.run())
                    : builder.onError(failure -> again.run()).onDeadLetter(letter -> {});
        });
        self.add(rig.batcher);
        rig.fail(1_000).add("a");
        rig.batcher.flush();
        rig.advanceMillis(0);
        assertThat(rig.calls).hasSize(1);
        rig.advanceMillis(29_999);
        assertThat(rig.calls).hasSize(1);
        rig.advanceMillis(1);
        assertThat(rig.calls).hasSize(2);
        rig.add("outside");
        rig.batcher.flush(); // from outside a callback: at once
        rig.advanceMillis(0);
        assertThat(rig.calls).hasSize(3);
        rig.script.clear();
        rig.advanceMillis(60_000);
        assertThat(rig.stats().depth()).isZero();
        rig.batcher.close();
    }
}
