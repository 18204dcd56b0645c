/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.TestItems.itemsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.PoisonedRig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G9, {@code isolatePoison}: the batch is halved until the bad items are alone; good items are delivered in order; an item is
 * dead-lettered only if another part succeeded in the same pass. In these tests an upper-case item is bad.
 */
class G09IsolationTest {

    private static final RetryPolicy ISOLATING =
            RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();

    private final PoisonedRig poisoned = new PoisonedRig();

    @ParameterizedTest
    @EnumSource
    void isolationHalvesTheBatchUntilTheBadItemIsAlone(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 2)) {
            rig.batcher.addMany(itemsOf("abCdefgh"));
            rig.advanceMillis(1_000);
            assertThat(PoisonedRig.story(rig))
                    .containsExactly(
                            "call 1 abCdefgh",
                            "call 2 abCdefgh",
                            "call 3 abCd",
                            "call 4 ab",
                            "call 4 Cd",
                            "call 5 C",
                            "call 5 d",
                            "call 3 efgh",
                            "dead [C] no, attempts 5");
            assertThat(poisoned.delivered).isEqualTo(itemsOf("abdefgh"));
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPassHasNoDelays(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 1)) {
            rig.batcher.addMany(itemsOf("aBcdefgh"));
            rig.runReady();
            assertThat(poisoned.delivered).isEqualTo(itemsOf("acdefgh"));
            assertThat(rig.letters).hasSize(1);
            assertThat(rig.time.pendingTimers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheFailureOfASingleItemIsReportedAsGivenUp(CallStyle style) {
        try (BatcherFixture rig = poisoned.rig(style, 1)) {
            rig.batcher.addMany(itemsOf("aB"));
            rig.advanceMillis(500);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("failed") || line.contains("dead"))
                    .containsExactly(
                            "500 failed [a, B] no, again in 0",
                            "500 failed [B] no, given up",
                            "500 dead [B] no, attempts 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyMixOfGoodAndBadItemsIsIsolated(CallStyle style) {
        for (int seed = 0; seed < 100; seed++) {
            poisoned.delivered.clear();
            Random random = new Random(seed);
            StringBuilder letters = new StringBuilder("a"); // the first part of each pass succeeds early enough
            for (int i = 1; i < 8; i++) {
                char letter = (char) ('a' + i);
                letters.append(random.nextInt(3) == 0 ? Character.toUpperCase(letter) : letter);
            }
            List<String> all = itemsOf(letters.toString());
            try (BatcherFixture rig = poisoned.rig(style, 1)) {
                rig.batcher.addMany(all);
                rig.advanceMillis(5_000);
                List<String> good =
                        all.stream().filter(item -> item.charAt(0) >= 'a').toList();
                List<String> bad =
                        all.stream().filter(item -> item.charAt(0) < 'a').toList();
                List<String> dead = new ArrayList<>();
                rig.letters.forEach(letter -> dead.addAll(letter.items()));
                assertThat(poisoned.delivered).as("%s", letters).isEqualTo(good);
                assertThat(dead).as("%s", letters).isEqualTo(bad);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void namedItemsAreGivenUpWithoutHalvingBecauseTheOthersSucceeded(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(ISOLATING))) {
            rig.failWith(new PartialBatchException(Map.of(1, new Exception("bad"))));
            rig.add("a", "b", "c").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a, b, c]",
                            "500 failed [a, b, c] 1 item of the batch failed, given up",
                            "500 dead [b] bad, attempts 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void isolationAlsoReplacesGivingUpByRetryOn(CallStyle style) {
        RetryPolicy isolating = RetryPolicy.builder()
                .maxAttempts(9)
                .isolatePoison(true)
                .retryOn(cause -> false)
                .build();
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.retry(isolating))) {
            rig.fail(1).add("a", "b").advanceMillis(500);
            assertThat(rig.letters).isEmpty();
            assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("a"), List.of("b"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void partsHaveNewIdsAndLaterBatchesWait(CallStyle style) {
        Set<String> ids = new TreeSet<>();
        try (BatcherFixture rig =
                new BatcherFixture(style, builder -> builder.retry(ISOLATING).maxBatchSize(4))) {
            rig.fail(3).add("a", "b", "c", "d", "e", "f", "g", "h").runReady();
            rig.calls.forEach(batch -> ids.add(batch.id()));
            assertThat(ids).hasSameSizeAs(rig.calls);
            assertThat(rig.log)
                    .filteredOn(line -> !line.contains("failed"))
                    .containsExactly(
                            "0 SIZE 1 [a, b, c, d]",
                            "0 SIZE 2 [a, b]",
                            "0 SIZE 3 [a]",
                            "0 SIZE 3 [b]",
                            "0 SIZE 2 [c, d]",
                            "0 dead [a] failure 3, attempts 3",
                            "0 SIZE 1 [e, f, g, h]");
        }
    }

    @Test
    void futuresOfGoodItemsCompleteAndThatOfTheBadItemFails() {
        try (BatcherFixture rig = poisoned.rig(CallStyle.SYNC, 1)) {
            List<CompletableFuture<Void>> futures =
                    itemsOf("abCd").stream().map(rig.batcher::submit).toList();
            rig.advanceMillis(500);
            assertThat(futures)
                    .filteredOn(CompletableFuture::isCompletedExceptionally)
                    .containsExactly(futures.get(2));
            assertThat(futures).allMatch(CompletableFuture::isDone);
        }
    }
}
