/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batch;
import io.batcher.BatcherBuilder;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Retries of a batcher with a store: isolation of a lone item, frozen batches, flushes and futures. */
class StoredRetriesTest {

    private static final RetryPolicy ISOLATING = RetryPolicy.builder()
            .maxAttempts(3)
            .delay(Duration.ofMillis(50))
            .isolatePoison(true)
            .build();

    private final StoredFixture rig = new StoredFixture();

    /** Fails each batch with this item. */
    private void poison(String bad, int calls) {
        for (int i = 0; i < calls; i++) {
            rig.script.add(batch -> {
                if (batch.contains(bad)) {
                    throw new IllegalStateException("poison");
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aLoneBadItemIsGivenUpWhenTheItemBehindItSucceeds(CallStyle style) {
        UnaryOperator<BatcherBuilder<String>> isolating = builder -> builder.retry(ISOLATING);
        try (StoredFixture.Process process = rig.start(style, isolating)) {
            poison("bad", 1_000);
            process.batcher.add("bad");
            rig.advance(Duration.ofSeconds(2)); // its attempts are used up, and nothing is there to compare it with
            assertThat(rig.letters).isEmpty();
            process.batcher.addMany(
                    IntStream.range(0, 100).mapToObj(Integer::toString).toList());
            rig.advance(Duration.ofSeconds(2));
            assertThat(rig.letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.items()).containsExactly("bad"));
            assertThat(rig.handled).hasSize(100);
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aFirstAttemptThatWasTakenBackKeepsItsBatchOverAPauseAndARestart(CallStyle style) {
        StoredFixture.Process process = rig.start(style);
        process.batcher.add("a");
        rig.script.add(batch -> {
            throw new RetryAfterException(Duration.ofSeconds(1));
        });
        rig.advanceMillis(500);
        Batch<String> first = rig.lastCall();
        process.batcher.add("b");
        process.batcher.pause();
        rig.advance(StoredFixture.POLL);
        process.batcher.resume();
        rig.script.add(batch -> {
            throw new RetryAfterException(Duration.ofSeconds(1));
        });
        rig.advance(Duration.ofSeconds(2));
        assertSame(first, rig.calls.get(1));

        process.close();
        try (StoredFixture.Process next = rig.start(style)) {
            rig.advance(Duration.ofSeconds(3));
            assertSame(first, rig.calls.get(2));
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    private static void assertSame(Batch<String> first, Batch<String> again) {
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(List.copyOf(again)).isEqualTo(List.copyOf(first));
        assertThat(again.attempt()).isEqualTo(first.attempt());
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aFlushDuringAPauseSkipsTheDelayOfARetryAfterIt(CallStyle style) {
        RetryPolicy slow = RetryPolicy.builder().delay(Duration.ofSeconds(30)).build();
        try (StoredFixture.Process process = rig.start(style, builder -> builder.retry(slow))) {
            process.batcher.add("a");
            rig.fail(1);
            rig.advanceMillis(500);
            process.batcher.pause();
            CompletableFuture<Void> flush = process.batcher.flush();
            rig.runReady();
            assertThat(flush).isNotDone();
            process.batcher.resume();
            rig.advance(StoredFixture.POLL);
            assertThat(rig.handled).containsExactly("a");
            assertThat(flush).isCompleted();
        }
    }

    @Test
    void theFutureOfAnItemThatWasGivenUpHasItsCauseAlsoIfACallbackIsSlow() {
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC,
                builder -> builder.retry(RetryPolicy.builder().maxAttempts(1).build())
                        .onError(failure -> rig.advance(StoredFixture.POLL.multipliedBy(3))))) {
            CompletableFuture<Void> future = process.batcher.submit("a");
            rig.fail(1);
            rig.advanceMillis(500);
            assertThat(future).isCompletedExceptionally();
            assertThatThrownBy(future::join).hasRootCauseMessage("failure");
        }
    }
}
