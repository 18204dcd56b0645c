/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static io.batcher.fixtures.TestItems.itemsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.CloseResult;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.PoisonedRig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G9 and the other guarantees: an isolation pass during flush, pause and close, and a probe with weights and drops. */
class G09IsolationInterplayTest {

    private static final RetryPolicy ISOLATING =
            RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();

    private static boolean isBad(Batch<String> batch) {
        return batch.stream().anyMatch(item -> !item.equals(item.toLowerCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @EnumSource
    void aFlushFailsWithTheFirstFailureAndTheNextFlushCoversThePass(CallStyle style) {
        PoisonedRig poisoned = new PoisonedRig();
        try (BatcherFixture rig = poisoned.rig(style, 1)) {
            rig.batcher.addMany(itemsOf("abCd"));
            CompletableFuture<Void> flushed = rig.batcher.flush();
            rig.runReady();
            assertThat(causeOf(flushed)).hasMessage("no");
            assertThat(poisoned.delivered).isEqualTo(itemsOf("abd"));
            assertThat(rig.batcher.flush()).isCompleted();
        }
    }

    @Test
    void aFlushDuringAPassCompletesWithThePass() {
        try (BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.retry(ISOLATING).maxBatchSize(4))) {
            rig.add("a", "b", "X", "d").runReady();
            rig.failStage("whole").succeed(); // a and b
            rig.failStage("X, d"); // then X alone
            rig.failStage("X"); // then d
            CompletableFuture<Void> flushed = rig.batcher.flush();
            assertThat(flushed).isNotDone();
            rig.succeed();
            assertThat(flushed).isCompleted();
            assertThat(rig.letters).hasSize(1);
        }
    }

    @Test
    void withoutTicksABatchIsFullAfterAProbeHasTakenAnItem() {
        try (BatcherFixture rig = BatcherFixture.byHand(
                builder -> builder.retry(ISOLATING).maxBatchSize(4).autoFlush(false))) {
            rig.add("A").batcher.flush();
            rig.runReady().add("e", "f", "g").failStage("A").succeed(); // the probe
            assertThat(rig.handled).containsExactly("e");
            rig.add("h").runReady();
            assertThat(rig.stages).isEmpty();
            rig.add("i").runReady().succeed();
            assertThat(rig.handled).containsExactlyElementsOf(itemsOf("efghi"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPausedPassContinuesWhereItStopped(CallStyle style) {
        try (BatcherFixture rig =
                BatcherFixture.bare(builder -> builder.retry(ISOLATING).maxBatchSize(4))) {
            style.register(rig.batcher, rig.time, batch -> {
                rig.record("call " + batch);
                if (batch.size() == 2) {
                    rig.batcher.pause();
                }
                if (isBad(batch)) {
                    throw new Exception("no");
                }
            });
            rig.add("a", "B", "c", "d").advanceMillis(5_000);
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("call"))
                    .containsExactly("0 call [a, B, c, d]", "0 call [a, B]");
            rig.batcher.resume();
            rig.advanceMillis(1_000);
            rig.batcher.resume();
            rig.advanceMillis(1_000);
            assertThat(rig.stats().handled()).isEqualTo(3);
            assertThat(rig.stats().deadLettered()).isEqualTo(1);
        }
    }

    @Test
    void closeDuringAPassHandsBackItsPartsInOrder() {
        BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.retry(ISOLATING).maxBatchSize(4));
        rig.add("X", "b", "c", "d").runReady();
        rig.add("e");
        rig.failStage("whole").failStage("X, b").failStage("X"); // X is a suspect, b is in flight
        CloseResult<String> result = rig.batcher.close(Duration.ofSeconds(1));
        assertThat(result).isEqualTo(new CloseResult<>(List.of("X", "b", "c", "d", "e"), true));
        assertThat(rig.stats().handedBack()).isEqualTo(5);
        rig.close();
    }

    @Test
    void closeAfterASuccessOfThePassHandsBackTheRest() {
        BatcherFixture rig =
                BatcherFixture.byHand(builder -> builder.retry(ISOLATING).maxBatchSize(4));
        rig.add("a", "X", "c", "d").runReady();
        rig.failStage("whole").failStage("a, X").succeed(); // a is handled, X is in flight
        CloseResult<String> result = rig.batcher.close(Duration.ofSeconds(1));
        assertThat(result.undelivered()).containsExactly("X", "c", "d");
        assertThat(rig.stats().handled()).isEqualTo(1);
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void theLastAttemptOfCloseStartsNoPass(CallStyle style) {
        PoisonedRig poisoned = new PoisonedRig();
        BatcherFixture rig = poisoned.rig(style, 1);
        rig.batcher.addMany(itemsOf("abCd"));
        CloseResult<String> result = rig.batcher.close(Duration.ofSeconds(1));
        assertThat(result.undelivered()).isEqualTo(itemsOf("abCd"));
        assertThat(rig.letters).isEmpty();
        assertThat(rig.failures).hasSize(1); // the first failure ends the drain
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void aProbedItemNoLongerCountsTowardsTheWeightOfItsBatch(CallStyle style) {
        try (BatcherFixture rig = BatcherFixture.bare(
                builder -> builder.retry(ISOLATING).maxBatchWeight(5).weigher(String::length))) {
            style.register(rig.batcher, rig.time, batch -> {
                rig.record("call " + batch);
                if (isBad(batch)) {
                    throw new Exception("no");
                }
            });
            rig.add("X").advanceMillis(500);
            assertThat(rig.letters).isEmpty();
            rig.add("aaa", "b").advanceMillis(500); // the pass is repeated with aaa as the probe
            rig.add("ccc").runReady();
            assertThat(rig.log)
                    .filteredOn(line -> line.contains("call"))
                    .startsWith("500 call [X]", "1000 call [X]", "1000 call [aaa]");
            assertThat(rig.letters).hasSize(1);
            rig.advanceMillis(500);
            assertThat(rig.stats().handled()).isEqualTo(3);
            rig.add("dd", "ee").runReady();
            int calls = rig.log.size();
            rig.add("f").runReady();
            assertThat(rig.log).hasSize(calls + 1).last().asString().endsWith("call [dd, ee, f]");
        }
    }

    @Test
    void aProbedItemIsNotEvicted() {
        RetryPolicy isolating = RetryPolicy.builder()
                .maxAttempts(1)
                .isolatePoison(true)
                .delay(Duration.ofSeconds(5))
                .build();
        try (BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.retry(isolating).capacity(3).maxBatchSize(1).overflow(Overflow.DROP_OLDEST))) {
            rig.fail(3).add("a").runReady();
            rig.add("b", "c").advanceMillis(5_000); // the repeated pass has probed b
            rig.add("d", "e");
            assertThat(rig.dropped).containsExactly("c", "d");
            rig.advanceMillis(60_000);
            assertThat(rig.handled).containsExactly("a", "b", "e");
        }
    }

    @Test
    void theDeadLetterOfARetriedPartCountsAllAttempts() {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.retry(twice))) {
            rig.failWith(new PartialBatchException(java.util.Map.of(1, new Exception("one"))))
                    .fail(1)
                    .add("a", "b")
                    .advanceMillis(5_000);
            assertThat(rig.log).endsWith("1000 failed [b] failure 1, given up", "1000 dead [b] failure 1, attempts 2");
        }
    }
}
