/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatchConsumer;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStoreException;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.FakeTransaction;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** G25, and adds that join a transaction: what is added or handled in one happens with it, or not at all. */
class G25TransactionalTest {

    private static final UnaryOperator<BatcherBuilder<String>> TRANSACTIONAL =
            builder -> builder.transactional(true).maxBatchSize(3);

    private final StoredFixture rig = new StoredFixture();

    /** What handlers have done in transactions that were committed. */
    private final List<String> effects = new ArrayList<>();

    /** Does something in the transaction of the handler, which happens with its commit. */
    private BatchConsumer<String> effect(BatchConsumer<String> then) {
        return batch -> {
            rig.onCommit(() -> effects.addAll(batch));
            then.accept(batch);
        };
    }

    @Test
    void aJoinedAddHappensWithTheTransaction() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            try (FakeTransaction transaction = FakeTransaction.begin(false)) {
                process.batcher.addMany(List.of("a", "b"));
                rig.advance(Duration.ofSeconds(2));
                assertThat(rig.handled).isEmpty();
                transaction.commit();
            }
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void aJoinedAddThatIsRolledBackNeverWas() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, builder -> builder.capacity(2))) {
            CompletableFuture<Void> future;
            try (FakeTransaction transaction = FakeTransaction.begin(false)) {
                process.batcher.add("a");
                future = process.batcher.submit("b");
                assertThatThrownBy(() -> process.batcher.add("c")).isInstanceOf(BatcherFullException.class);
            }
            assertThat(future).isCompletedExceptionally();
            process.batcher.addMany(List.of("d", "e"));
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("d", "e");
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    @Test
    void whatCommitsLateIsDeliveredAlthoughItsPlaceIsInFront() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            try (FakeTransaction transaction = FakeTransaction.begin(false)) {
                process.batcher.add("late");
                FakeTransaction.outside(() -> process.batcher.add("early"));
                rig.advanceMillis(500);
                assertThat(rig.handled).containsExactly("early");
                transaction.commit();
            }
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("early", "late");
        }
    }

    @Test
    void aJoinedAddNeverWaitsForRoom() {
        try (StoredFixture.Process process =
                rig.start(CallStyle.SYNC, builder -> builder.capacity(1).overflow(Overflow.BLOCK))) {
            process.batcher.add("a");
            long before = rig.time.nanoTime();
            try (FakeTransaction transaction = FakeTransaction.begin(false)) {
                assertThatThrownBy(() -> process.batcher.add("b")).isInstanceOf(BatcherFullException.class);
            }
            assertThat(rig.time.nanoTime()).isEqualTo(before);
        }
    }

    @Test
    void anAddInAReadOnlyTransactionIsRefused() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC)) {
            try (FakeTransaction transaction = FakeTransaction.begin(true)) {
                assertThatThrownBy(() -> process.batcher.add("a")).isInstanceOf(BatcherStoreException.class);
            }
            assertThat(process.batcher.stats().depth()).isZero();
        }
    }

    @Test
    void handlerAndRecordAreOneTransaction() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, TRANSACTIONAL)) {
            rig.script.add(effect(batch -> {}));
            process.batcher.addMany(List.of("a", "b"));
            CompletableFuture<Void> future = process.batcher.submit("c");
            rig.advanceMillis(500);
            assertThat(effects).containsExactly("a", "b", "c");
            assertThat(rig.database.size()).isZero();
            assertThat(process.batcher.stats().handled()).isEqualTo(3);
            assertThat(future).isCompleted();
        }
    }

    @Test
    void aThrowRollsBackAndTheAttemptIsRecorded() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, TRANSACTIONAL)) {
            rig.script.add(effect(batch -> {
                throw new IllegalStateException("failure");
            }));
            rig.script.add(effect(batch -> {}));
            process.batcher.add("a");
            rig.advanceMillis(500);
            assertThat(effects).isEmpty();
            assertThat(process.batcher.stats().failedAttempts()).isEqualTo(1);
            rig.advanceMillis(500);
            assertThat(effects).containsExactly("a");
            assertThat(rig.lastCall().attempt()).isEqualTo(2);
        }
    }

    @Test
    void aRetryAfterRollsBackAndCountsAsNoAttempt() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, TRANSACTIONAL)) {
            rig.script.add(effect(batch -> {
                throw new RetryAfterException(Duration.ofSeconds(5));
            }));
            rig.script.add(effect(batch -> {}));
            process.batcher.add("a");
            rig.advanceMillis(500);
            assertThat(effects).isEmpty();
            rig.advance(Duration.ofSeconds(5));
            assertThat(effects).containsExactly("a");
            assertThat(rig.lastCall().attempt()).isEqualTo(1);
        }
    }

    @Test
    void aPartialFailureCommitsWhatWasHandled() {
        RetryPolicy twice = RetryPolicy.builder().maxAttempts(2).build();
        try (StoredFixture.Process process = rig.start(
                CallStyle.SYNC, builder -> TRANSACTIONAL.apply(builder).retry(twice))) {
            rig.script.add(effect(batch -> {
                throw new PartialBatchException(Map.of(1, new IllegalStateException("bad")));
            }));
            rig.script.add(batch -> {
                throw new IllegalStateException("bad");
            });
            process.batcher.addMany(List.of("a", "b", "c"));
            rig.runReady();
            assertThat(effects).containsExactly("a", "b", "c"); // the effects of the call as a whole are committed
            assertThat(rig.database.size()).isEqualTo(1);
            assertThat(process.batcher.stats().handled()).isEqualTo(2);
            rig.advanceMillis(500);
            assertThat(rig.lastCall()).containsExactly("b");
            assertThat(rig.lastCall().attempt()).isEqualTo(2);
            assertThat(rig.letters).hasSize(1);
            assertThat(rig.database.size()).isZero();
        }
    }

    @Test
    void whicheverCallFailsAHandlersEffectsHappenOnce() {
        int calls = cycle(0, false);
        assertThat(calls).isBetween(6, 100);
        for (int call = 1; call <= calls; call++) {
            cycle(call, false);
            cycle(call, true);
        }
    }

    /** The handler has done its work: a store that does not answer then must not use up its attempts. */
    @Test
    void whicheverCallFailsItIsNoFailureOfTheHandler() {
        for (int call = 1; call <= cycle(0, false); call++) {
            StoredFixture rig = new StoredFixture();
            List<String> done = new ArrayList<>();
            RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
            try (StoredFixture.Process process = rig.start(builder -> TRANSACTIONAL
                    .apply(builder)
                    .retry(once)
                    .handler(batch -> rig.onCommit(() -> done.addAll(batch))))) {
                process.batcher.addMany(List.of("a", "b"));
                rig.database.faults().failAt(call, false);
                rig.advance(Duration.ofSeconds(10));
                assertThat(done).as("call " + call).containsExactly("a", "b");
                assertThat(rig.letters).isEmpty();
                assertThat(rig.failures).isEmpty();
            }
        }
    }

    @Test
    void aPartialFailureThatIsNotRecordedIsRepeatedAsAWhole() {
        try (StoredFixture.Process process = rig.start(CallStyle.SYNC, TRANSACTIONAL)) {
            rig.script.add(effect(batch -> {
                rig.database.faults().failAt(1, false);
                throw new PartialBatchException(Map.of(1, new IllegalStateException("bad")));
            }));
            rig.script.add(effect(batch -> {}));
            process.batcher.addMany(List.of("a", "b", "c"));
            rig.advance(Duration.ofSeconds(5));
            assertThat(effects).containsExactly("a", "b", "c");
            assertThat(rig.lastCall().attempt()).isEqualTo(1);
            assertThat(process.batcher.stats().failedAttempts()).isZero();
        }
    }

    private int cycle(int failAt, boolean afterEffect) {
        StoredFixture rig = new StoredFixture();
        List<String> done = new ArrayList<>();
        StoredFixture.Process process = rig.start(
                builder -> TRANSACTIONAL.apply(builder).handler(batch -> rig.onCommit(() -> done.addAll(batch))));
        process.batcher.addMany(List.of("a", "b"));
        process.batcher.addMany(List.of("c", "d"));
        rig.database.faults().failAt(failAt, afterEffect);
        rig.advance(Duration.ofSeconds(10));
        int calls = rig.database.faults().calls();
        rig.database.faults().reset();
        rig.advance(Duration.ofSeconds(60));
        assertThat(done)
                .as("call " + failAt + (afterEffect ? " after" : " before") + " its effect")
                .containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(rig.database.size()).isZero();
        process.close();
        return calls;
    }
}
