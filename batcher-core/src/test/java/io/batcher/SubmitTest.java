/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code submit}: the future completes when the item is handled, fails when it is given up; cancelling it does not withdraw the item. */
class SubmitTest {

    @ParameterizedTest
    @EnumSource
    void theFutureCompletesWhenTheItemIsHandled(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            CompletableFuture<Void> future = rig.batcher.submit("a");
            rig.advanceMillis(499);
            assertThat(future).isNotDone();
            rig.advanceMillis(1);
            assertThat(future).isCompletedWithValue(null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFutureStaysPendingAfterAFailedAttempt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            CompletableFuture<Void> future = rig.batcher.submit("a");
            rig.fail(2).advanceMillis(1_000);
            assertThat(rig.failures).hasSize(2);
            assertThat(future).isNotDone();
            rig.advanceMillis(500);
            assertThat(future).isCompleted();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancellingTheFutureDoesNotWithdrawTheItem(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            CompletableFuture<Void> cancelled = rig.batcher.submit("a");
            CompletableFuture<Void> completed = rig.batcher.submit("b");
            CompletableFuture<Void> other = rig.batcher.submit("c");
            cancelled.cancel(true);
            completed.complete(null);
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(other).isCompleted();
            assertThat(rig.stats().handled()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void futuresCompleteInTheOrderOfTheirItems(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            List<String> order = new ArrayList<>();
            for (String item : List.of("a", "b", "c", "d", "e")) {
                rig.batcher.submit(item).thenRun(() -> order.add(item));
            }
            rig.advanceMillis(500);
            assertThat(order).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @Test
    void aDependentStageThatThrowsAffectsNoOtherItem() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.batcher.submit("a").thenRun(() -> {
                throw new AssertionError("dependent");
            });
            CompletableFuture<Void> next = rig.batcher.submit("b");
            rig.advanceMillis(500);
            assertThat(next).isCompleted();
            rig.add("c").advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
        }
    }

    @Test
    void itemsWithAndWithoutFuturesShareABatch() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                if (i % 3 == 0) {
                    futures.add(rig.batcher.submit("item " + i));
                } else {
                    rig.add("item " + i);
                }
            }
            rig.advanceMillis(500);
            assertThat(futures).hasSize(100).allMatch(CompletableFuture::isDone);
            assertThat(rig.calls).hasSize(1);
        }
    }

    @Test
    void weighedItemsWithAndWithoutFuturesShareABatch() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.maxBatchWeight(1_000).weigher(item -> 1))) {
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                if (i % 30 == 20) {
                    futures.add(rig.batcher.submit("item " + i));
                } else {
                    rig.add("item " + i);
                }
            }
            assertThat(futures).noneMatch(CompletableFuture::isDone);
            rig.advanceMillis(500);
            assertThat(futures).hasSize(10).allMatch(CompletableFuture::isDone);
            assertThat(rig.calls).hasSize(1);
        }
    }

    @Test
    void theLastItemOfABatchMayBeItsFirstWithAFuture() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.capacity(4))) {
            rig.fail(1).add("x").advanceMillis(600).add("a", "b", "c");
            assertThat(rig.batcher.offer("d")).isFalse();
            rig.advanceMillis(400); // x is handled, the others stay waiting
            CompletableFuture<Void> future = rig.batcher.submit("d");
            assertThat(rig.runReady().handled).containsExactly("x", "a", "b", "c", "d");
            assertThat(future).isCompleted();
        }
    }

    @Test
    void joinOutsideAHandlerBlocksAndThrowsTheCause() throws Exception {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.retry(RetryPolicy.builder().maxAttempts(1).build()))) {
            Exception cause = new Exception("no");
            CompletableFuture<Void> good = rig.batcher.submit("a");
            CompletableFuture<Void> joined = new CompletableFuture<>();
            Thread thread =
                    new Thread(() -> joined.complete(good.thenApply(x -> x).join()));
            thread.setDaemon(true);
            thread.start();
            rig.advanceMillis(500);
            joined.get(10, TimeUnit.SECONDS);

            rig.failWith(cause);
            CompletableFuture<Void> bad = rig.batcher.submit("b");
            rig.advanceMillis(500);
            assertThat(bad)
                    .failsWithin(java.time.Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isSameAs(cause);
            assertThat(bad.handle((value, failure) -> failure).join()).isSameAs(cause);
        }
    }

    @Test
    void onDropIsCalledBeforeTheFutureOfTheDroppedItemFails() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.DROP_OLDEST))) {
            List<String> droppedBefore = new ArrayList<>();
            rig.batcher.submit("a").whenComplete((done, failure) -> droppedBefore.addAll(rig.dropped));
            rig.add("b");
            assertThat(droppedBefore).containsExactly("a");
        }
    }

    /** Otherwise each item that is added again would drop the next, recursively for the whole buffer. */
    @Test
    void aDependentOfADroppedItemsFutureDropsNoOtherItem() {
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.capacity(3).overflow(Overflow.DROP_OLDEST))) {
            List<Boolean> again = new ArrayList<>();
            for (String item : List.of("a", "b", "c")) {
                rig.batcher.submit(item).exceptionally(dropped -> {
                    again.add(rig.batcher.offer(item));
                    return null;
                });
            }
            rig.add("d");
            assertThat(again).containsExactly(false);
            assertThat(rig.dropped).containsExactly("a");
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("b", "c", "d");
        }
    }
}
