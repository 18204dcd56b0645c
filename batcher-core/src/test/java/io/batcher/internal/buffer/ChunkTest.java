/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.FlushReason;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@link Chunk}, as one thread sees it. */
class ChunkTest {

    private static Chunk<String> chunk(int length, int limit, int claimed) {
        return new Chunk<>(length, limit, claimed, 7, false);
    }

    @Test
    void claimsAreTheSlotsUpToTheLimitInOrderAndTheLastKnowsIt() {
        Chunk<String> chunk = chunk(4, 3, 1);
        long first = chunk.add("x", null);
        long second = chunk.add("x", null);
        assertThat(Chunk.index(first)).isEqualTo(1);
        assertThat(Chunk.isLast(first)).isFalse();
        assertThat(Chunk.index(second)).isEqualTo(2);
        assertThat(Chunk.isLast(second)).isTrue();
        assertThat(chunk.add("x", null)).isEqualTo(Chunk.FAILED);
        assertThat(chunk.claimed()).isEqualTo(3);
    }

    @Test
    void claimsThatFailDoNotCount() {
        Chunk<String> chunk = chunk(4, 2, 2);
        for (int i = 0; i < 1_000; i++) {
            assertThat(chunk.add("x", null)).isEqualTo(Chunk.FAILED);
        }
        assertThat(chunk.claimed()).isEqualTo(2);
        assertThat(chunk.waiting()).isEqualTo(2);
        assertThat(Chunk.unclaimed(chunk.snapshot())).isZero();
    }

    @Test
    void aRaiseAfterFailedClaimsOpensOnlyTheNewSlots() {
        Chunk<String> chunk = chunk(4, 2, 2);
        chunk.add("x", null);
        chunk.add("x", null);
        assertThat(chunk.claim(chunk.snapshot(), 2, 1)).isTrue();
        assertThat(chunk.claimed()).isEqualTo(3);
        long last = chunk.add("x", null);
        assertThat(Chunk.index(last)).isEqualTo(3);
        assertThat(Chunk.isLast(last)).isTrue();
        assertThat(chunk.add("x", null)).isEqualTo(Chunk.FAILED);
    }

    @Test
    void aClaimOfManyFailsWhenAnotherCameBetween() {
        Chunk<String> chunk = chunk(8, 4, 0);
        long before = chunk.snapshot();
        chunk.add("x", null);
        assertThat(chunk.claim(before, 0, 2)).isFalse();
        assertThat(chunk.claimed()).isEqualTo(1);
        assertThat(chunk.claim(chunk.snapshot(), 0, 2)).isTrue();
        assertThat(chunk.claimed()).isEqualTo(3);
    }

    @Test
    void shutEndsClaimsForGoodAndTellsWhatWasLeft() {
        Chunk<String> chunk = chunk(8, 6, 1);
        chunk.add("x", null);
        assertThat(chunk.shut()).isEqualTo(4);
        assertThat(chunk.add("x", null)).isEqualTo(Chunk.FAILED);
        assertThat(chunk.claimed()).isEqualTo(2);
        assertThat(chunk.shut()).isZero();
    }

    @Test
    void growthIsWhatTheLimitMayRiseBy() {
        assertThat(chunk(8, 5, 1).growth()).isEqualTo(3);
        assertThat(chunk(8, 8, 1).growth()).isZero();
    }

    @Test
    void itemsAndFuturesAreFoundInTheirSlots() {
        Chunk<String> chunk = chunk(4, 4, 3);
        CompletableFuture<Void> future = new CompletableFuture<>();
        chunk.put(0, "a", null);
        chunk.expect(future);
        chunk.put(1, "b", future);
        chunk.put(2, "c", null);
        assertThat(chunk.get(0) + chunk.get(1) + chunk.get(2)).isEqualTo("abc");
        assertThat(chunk.future(0)).isNull();
        assertThat(chunk.future(1)).isSameAs(future);
        assertThat(chunk.future(2)).isNull();
        chunk.clear(1);
        assertThat(chunk.slots()[1]).isNull();
        assertThat(chunk.future(1)).isNull();
        assertThat(chunk.get(2)).isEqualTo("c");
    }

    @Test
    void aChunkWhoseItemsNobodyWaitsForHasNoFutures() {
        Chunk<String> chunk = chunk(4, 4, 1);
        chunk.put(0, "a", null);
        assertThat(chunk.futures()).isNull();
    }

    @Test
    void getWaitsForTheProducerThatHasClaimedAndNotPut() throws Exception {
        Chunk<String> chunk = chunk(4, 4, 1);
        CompletableFuture<String> got = new CompletableFuture<>();
        Thread taker = new Thread(() -> got.complete(chunk.get(0)));
        taker.setDaemon(true);
        taker.start();
        chunk.put(0, "late", null);
        assertThat(got.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("late");
    }

    @Test
    void takingMovesOverWhatWaits() {
        Chunk<String> chunk = chunk(8, 8, 5);
        chunk.take(2);
        assertThat(chunk.taken()).isEqualTo(2);
        assertThat(chunk.waiting()).isEqualTo(3);
        chunk.add("x", null);
        assertThat(chunk.waiting()).isEqualTo(4);
        assertThat(chunk.openedAt()).isEqualTo(7);
    }

    @Test
    void weightsAreKeptOnlyWhereItemsAreWeighed() {
        Chunk<String> light = chunk(2, 2, 2);
        light.weigh(1, 9);
        assertThat(light.weight(1)).isZero();
        Chunk<String> heavy = new Chunk<>(2, 2, 2, 0, true);
        heavy.weigh(1, 9);
        assertThat(heavy.weight(1)).isEqualTo(9);
        assertThat(heavy.end()).isNull();
        heavy.endBatch(FlushReason.WEIGHT);
        assertThat(heavy.end()).isEqualTo(FlushReason.WEIGHT);
    }
}
