/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import io.batcher.fixtures.Keys;
import io.batcher.fixtures.WatchedClock;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G10, BLOCK with a key: calls wait for the room that all lanes share, or for the bound of their key. Waiting threads are real, time is
 * virtual.
 */
class KeyedBlockingTest {

    private final VirtualTime time = new VirtualTime();
    private final WatchedClock clock = new WatchedClock(time);
    private final List<List<String>> batches = new ArrayList<>();

    private BatcherBuilder<String> blocking(int capacity) {
        return time.applyTo(Batcher.<String>builder("blocking"))
                .clock(clock)
                .key(Keys.FIRST_LETTER)
                .concurrency(2)
                .batchPerKey(true)
                .handler(batch -> batches.add(List.copyOf(batch)))
                .capacity(capacity)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofSeconds(10));
    }

    private static void await(CompletableFuture<?>... futures) throws Exception {
        CompletableFuture.allOf(futures).get(10, TimeUnit.SECONDS);
    }

    /** As many lanes as make the room, those that have waited longest. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wantOfRoomMakesTheLanesThatWaitLongestDue(boolean batchPerKey) throws Exception {
        List<String> keys = Keys.inDifferentLanes(3);
        String a = keys.get(0);
        String b = keys.get(1);
        String c = keys.get(2);
        Batcher<String> batcher =
                blocking(6).batchPerKey(batchPerKey).concurrency(3).build();
        batcher.addMany(List.of(a + 1, a + 2));
        time.advance(Duration.ofMillis(1));
        batcher.addMany(List.of(b + 1, b + 2));
        time.advance(Duration.ofMillis(1));
        batcher.addMany(List.of(c + 1, c + 2));
        CompletableFuture<?> three = clock.startWaiting(() -> batcher.addMany(List.of(c + 3, c + 4, c + 5)));
        time.runReady();
        await(three);
        assertThat(batches).containsExactly(List.of(a + 1, a + 2), List.of(b + 1, b + 2));
        assertThat(batcher.stats().depth()).isEqualTo(5);
        time.advance(Duration.ofMillis(500));
        assertThat(batches).hasSize(3).endsWith(List.of(c + 1, c + 2, c + 3, c + 4, c + 5));
        batcher.close();
    }

    /** A call that was refused after its wait wants no room any more: the next one makes no more lanes due than it needs. */
    @Test
    void aCallThatHasWaitedTooLongWantsNoRoomAnyMore() throws Exception {
        Batcher<String> batcher = blocking(6).maxBlock(Duration.ofMillis(10)).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "a2"));
        time.advance(Duration.ofMillis(1));
        batcher.addMany(List.of("b1", "b2"));
        time.advance(Duration.ofMillis(1));
        batcher.addMany(List.of("c1", "c2"));
        CompletableFuture<?> one = clock.startWaiting(() -> batcher.add("d1"));
        time.advance(Duration.ofMillis(10));
        assertThatThrownBy(() -> await(one)).hasCauseInstanceOf(BatcherFullException.class);
        CompletableFuture<?> two = clock.startWaiting(() -> batcher.addMany(List.of("d2", "d3")));
        batcher.resume();
        time.runReady();
        await(two);
        assertThat(batches).as("as many as make room for two").containsExactly(List.of("a1", "a2"));
        batcher.close();
    }

    @Test
    void callsThatWaitAreServedInTheirOrderWhateverTheirKeys() throws Exception {
        Batcher<String> batcher = blocking(3).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "a2"));
        CompletableFuture<?> large = clock.startWaiting(() -> batcher.addMany(List.of("b1", "c1")));
        CompletableFuture<?> small = clock.startWaiting(() -> batcher.add("d1"));
        assertThat(batcher.offer("e1"))
                .as("the room belongs to those that wait")
                .isFalse();
        assertThat(batcher.stats().depth()).isEqualTo(2);
        batcher.resume();
        time.runReady();
        await(large, small);
        assertThat(batcher.stats().accepted()).isEqualTo(5);
        time.advance(Duration.ofMillis(500));
        assertThat(batches).contains(List.of("b1"), List.of("c1"), List.of("d1"));
        batcher.close();
    }

    @Test
    void aCallThatWaitsForTheBoundOfItsKeyMakesThatKeyDueAndHoldsUpNoOther() throws Exception {
        Batcher<String> batcher = blocking(6).capacityPerKey(2).build();
        batcher.addMany(List.of("a1", "a2"));
        CompletableFuture<?> waits = clock.startWaiting(() -> batcher.add("a3"));
        batcher.addMany(List.of("b1", "c1"));
        assertThat(batcher.offer("d1")).isTrue();
        time.runReady();
        await(waits);
        assertThat(batches).as("only the key at its bound is due").containsExactly(List.of("a1", "a2"));
        assertThat(batcher.stats().depth()).isEqualTo(4);
        time.advance(Duration.ofMillis(500));
        assertThat(batches).hasSize(5);
        batcher.close();
    }

    @Test
    void aCallWithManyKeysWaitsForEachOfTheirBounds() throws Exception {
        Batcher<String> batcher = blocking(10).capacityPerKey(2).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "a2", "b1", "b2"));
        CompletableFuture<?> waits = clock.startWaiting(() -> batcher.addMany(List.of("a3", "b3", "c1")));
        CompletableFuture<?> behind = clock.startWaiting(() -> batcher.add("a4"));
        batcher.add("c2");
        batcher.add("d1");
        assertThat(batcher.stats().depth()).isEqualTo(6);
        batcher.resume();
        time.advance(Duration.ofMillis(600));
        await(waits, behind);
        time.advance(Duration.ofMillis(600));
        assertThat(batches.stream().flatMap(List::stream).filter(item -> Keys.of(item) == 'a'))
                .containsExactly("a1", "a2", "a3", "a4");
        assertThat(batcher.stats().handled()).isEqualTo(10);
        batcher.close();
    }

    @Test
    void twoCallsThatWaitForTheSameKeysInAnotherOrderDoNotWaitForEachOther() throws Exception {
        Batcher<String> batcher = blocking(20).capacityPerKey(2).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "a2", "b1", "b2"));
        CompletableFuture<?> one = clock.startWaiting(() -> batcher.addMany(List.of("a3", "b3")));
        CompletableFuture<?> other = clock.startWaiting(() -> batcher.addMany(List.of("b4", "a4")));
        batcher.resume();
        time.advance(Duration.ofSeconds(2));
        await(one, other);
        assertThat(batcher.stats().handled()).isEqualTo(8);
        batcher.close();
    }

    /** The bound has room again, the capacity has not: the call waits for that, and its key is not blocked for ever. */
    @Test
    void aCallThatHasWaitedForItsBoundThenWaitsForTheCapacity() throws Exception {
        Batcher<String> batcher = blocking(3).capacityPerKey(2).build();
        batcher.addMany(List.of("a1", "a2"));
        CompletableFuture<?> waits = clock.startWaiting(() -> batcher.addMany(List.of("a3", "a4")));
        batcher.add("b1");
        time.advance(Duration.ofMillis(600));
        await(waits);
        time.advance(Duration.ofMillis(600));
        assertThat(batcher.stats().handled()).isEqualTo(5);
        assertThat(batcher.stats().lanes()).isZero();
        batcher.close();
    }

    @Test
    void aCallThatWaitsTooLongIsRefusedAndThoseBehindItAreNot() throws Exception {
        Batcher<String> batcher =
                blocking(4).capacityPerKey(2).maxBlock(Duration.ofSeconds(1)).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "b1", "b2"));
        CompletableFuture<?> tooLarge = clock.startWaiting(() -> batcher.addMany(List.of("a2", "c1")));
        time.advance(Duration.ofMillis(500));
        CompletableFuture<?> fits = clock.startWaiting(() -> batcher.add("d1"));
        time.advance(Duration.ofMillis(500));
        await(fits);
        assertThatThrownBy(() -> await(tooLarge)).hasCauseInstanceOf(BatcherFullException.class);
        assertThat(batcher.stats().rejected()).isEqualTo(2);
        assertThat(batcher.stats().depth()).isEqualTo(4);
        batcher.resume();
        batcher.close();
    }

    @Test
    void closeRefusesTheCallsThatWait() throws Exception {
        Batcher<String> batcher = blocking(3).capacityPerKey(2).build();
        batcher.pause();
        batcher.addMany(List.of("a1", "a2"));
        CompletableFuture<?> atBound = clock.startWaiting(() -> batcher.add("a3"));
        CompletableFuture<?> atCapacity = clock.startWaiting(() -> batcher.addMany(List.of("b1", "c1")));
        batcher.close(Duration.ofSeconds(1));
        assertThatThrownBy(() -> await(atBound)).hasCauseInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> await(atCapacity)).hasCauseInstanceOf(BatcherClosedException.class);
        assertThat(batcher.stats().handled()).isEqualTo(2);
    }
}
