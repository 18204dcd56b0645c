/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.AttemptInterruptedException;
import io.batcher.Batch;
import io.batcher.BatcherBuilder;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G22: after the end of a process the interrupted batch comes first and is the same; an attempt without an outcome is judged first. */
class G22RedeliveryTest {

    private static final Duration TAKEN_OVER = StoredFixture.LEASE.plus(StoredFixture.POLL.multipliedBy(2));

    private final StoredFixture rig = new StoredFixture();

    private static UnaryOperator<BatcherBuilder<String>> maxAttempts(int attempts, boolean isolatePoison) {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(attempts)
                .isolatePoison(isolatePoison)
                .build();
        return builder -> builder.retry(policy).maxBatchSize(200);
    }

    /** Ends the process while the handler has a batch, and starts another one, which takes over. */
    private StoredFixture.Process restart(
            StoredFixture.Process process, UnaryOperator<BatcherBuilder<String>> options) {
        process.kill();
        rig.stages.clear();
        StoredFixture.Process next = rig.startByHand(options);
        rig.advance(TAKEN_OVER);
        return next;
    }

    @Test
    void theInterruptedBatchComesFirstWithItsIdAndTheNextAttempt() {
        UnaryOperator<BatcherBuilder<String>> options = builder -> builder.maxBatchSize(3);
        StoredFixture.Process first = rig.startByHand(options);
        first.batcher.addMany(List.of("a", "b", "c"));
        rig.runReady();
        Batch<String> interrupted = rig.lastCall();
        first.batcher.addMany(List.of("d", "e", "f"));

        restart(first, options);
        Batch<String> again = rig.lastCall();
        assertThat(again).isEqualTo(interrupted).containsExactly("a", "b", "c");
        assertThat(again.id()).isEqualTo(interrupted.id());
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(rig.calls).hasSize(2);
        assertThat(rig.failures).hasSize(1);
        assertThat(rig.failures.get(0).cause()).isInstanceOf(AttemptInterruptedException.class);
        assertThat(rig.failures.get(0).retryIn()).contains(Duration.ofMillis(500));

        rig.stages.remove().complete(null);
        rig.runReady();
        assertThat(rig.lastCall()).containsExactly("d", "e", "f");
        assertThat(rig.lastCall().attempt()).isEqualTo(1);
    }

    @Test
    void aBatchThatHadFailedKeepsIdAttemptAndCountAndWaitsNoLongerThanItsDelay() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(3)
                .delay(Duration.ofMinutes(5))
                .maxDelay(Duration.ofMinutes(5))
                .build();
        StoredFixture.Process first = rig.start(CallStyle.SYNC, builder -> builder.retry(policy));
        rig.fail(3);
        first.batcher.addMany(List.of("a", "b"));
        rig.advanceMillis(500);
        first.kill();
        rig.advance(StoredFixture.LEASE);
        rig.start(CallStyle.SYNC, builder -> builder.retry(policy));
        rig.advance(Duration.ofMinutes(4));
        assertThat(rig.calls).hasSize(1);
        rig.advance(Duration.ofMinutes(1));
        assertThat(rig.calls).hasSize(2);
        assertThat(rig.lastCall().id()).isEqualTo(rig.calls.get(0).id());
        assertThat(rig.lastCall().attempt()).isEqualTo(2);
        rig.advance(Duration.ofMinutes(5));
        assertThat(rig.letters).hasSize(1);
        assertThat(rig.letters.get(0).attempts()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoneItemWhoseCountedAttemptsAllEndedWithTheProcessIsGivenUpWithoutAnotherCall(boolean isolatePoison) {
        UnaryOperator<BatcherBuilder<String>> options = maxAttempts(2, isolatePoison);
        StoredFixture.Process process = rig.startByHand(options);
        process.batcher.add("poison");
        rig.advanceMillis(500);
        process = restart(process, options);
        assertThat(rig.lastCall().attempt()).isEqualTo(2);
        process.batcher.add("good");
        StoredFixture.Process last = restart(process, options);
        assertThat(rig.letters).hasSize(1);
        assertThat(rig.letters.get(0).items()).containsExactly("poison");
        assertThat(rig.letters.get(0).cause()).isInstanceOf(AttemptInterruptedException.class);
        assertThat(rig.calls).hasSize(3);
        assertThat(rig.lastCall()).containsExactly("good");
        assertThat(last.batcher.deadLetters().orElseThrow().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anItemThatEndsTheProcessIsIsolatedAmongGoodOnes(boolean isolatePoison) {
        UnaryOperator<BatcherBuilder<String>> options = maxAttempts(3, isolatePoison);
        StoredFixture.Process process = rig.startByHand(options);
        List<String> items = IntStream.range(0, 200)
                .mapToObj(i -> i == 77 ? "poison" : "good" + i)
                .toList();
        process.batcher.addMany(items);
        rig.runReady();
        Set<String> keys = new HashSet<>();
        int ends = 0;
        while (rig.database.size() > 0 && ends < 100) {
            if (rig.stages.isEmpty()) {
                rig.advanceMillis(500);
            } else if (rig.lastCall().contains("poison")) {
                assertThat(keys.add(rig.lastCall().id() + " " + rig.lastCall().attempt()))
                        .isTrue();
                process = restart(process, options);
                ends++;
            } else {
                rig.stages.remove().complete(null);
                rig.runReady();
            }
        }
        assertThat(rig.letters).hasSize(1);
        assertThat(rig.letters.get(0).items()).containsExactly("poison");
        assertThat(rig.handled).hasSize(199).doesNotHaveDuplicates();
        assertThat(ends).isLessThan(40);
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void anOutcomeThatWasNotRecordedIsNotRepeatedByTheSameProcess(CallStyle style) {
        try (StoredFixture.Process process = rig.start(style)) {
            process.batcher.add("a");
            rig.advanceMillis(499);
            rig.script.add(batch -> rig.database.faults().failAt(1, false)); // the next call of the store is the record
            rig.advanceMillis(1);
            assertThat(rig.handled).containsExactly("a");
            assertThat(process.batcher.stats().handled()).isZero();
            assertThat(process.batcher.stats().storeFailure()).contains("io.batcher.BatcherStoreException");
            rig.advanceMillis(100);
            assertThat(process.batcher.stats().handled()).isEqualTo(1);
            assertThat(process.batcher.stats().storeFailure()).isEmpty();
            assertThat(rig.calls).hasSize(1);
        }
    }
}
