/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherBuilder;
import io.batcher.fixtures.CallStyle;
import io.batcher.store.fixtures.StoredFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G23: one process at a time begins attempts of a partition; what an earlier owner has done is fenced. */
class G23OneOwnerTest {

    private static final Duration TAKEN_OVER = StoredFixture.LEASE.plus(StoredFixture.POLL.multipliedBy(2));

    private final StoredFixture rig = new StoredFixture();

    private static final UnaryOperator<BatcherBuilder<String>> KEYED =
            builder -> builder.key(item -> item).partitions(8).concurrency(2);

    @Test
    void anOutcomeAfterTheLeaseIsFencedAndTheNextOwnerDeliversTheBatchAgain() {
        StoredFixture.Process slow = rig.startByHand(builder -> builder);
        slow.batcher.add("a");
        rig.advanceMillis(500);
        CompletableFuture<Void> stage = rig.stages.remove();
        slow.store.stall(true);
        StoredFixture.Process next = rig.startByHand(builder -> builder);
        rig.advance(TAKEN_OVER);
        assertThat(rig.calls).hasSize(2);
        assertThat(rig.lastCall().attempt()).isEqualTo(2);

        stage.complete(null);
        rig.runReady();
        assertThat(slow.batcher.stats().fenced()).isEqualTo(1);
        assertThat(slow.batcher.stats().handled()).isZero();
        assertThat(rig.database.size()).isEqualTo(1);

        rig.stages.remove().complete(null);
        rig.runReady();
        assertThat(next.batcher.stats().handled()).isEqualTo(1);
        assertThat(rig.database.size()).isZero();
        slow.store.stall(false);
        rig.advance(StoredFixture.POLL.multipliedBy(3));
        assertThat(slow.batcher.stats().lanes() + next.batcher.stats().lanes()).isEqualTo(1);
    }

    @Test
    void aLostPartitionIsAbandonedWithoutAnotherCall() {
        StoredFixture.Process slow = rig.start(CallStyle.SYNC, builder -> builder.interval(Duration.ofMinutes(10)));
        slow.batcher.add("a");
        rig.runReady();
        slow.store.stall(true);
        StoredFixture.Process next = rig.start(CallStyle.SYNC);
        rig.advance(TAKEN_OVER);
        assertThat(rig.handled).containsExactly("a");
        slow.store.stall(false);
        rig.advance(Duration.ofMinutes(10));
        assertThat(rig.calls).hasSize(1);
        assertThat(next.batcher.stats().handled()).isEqualTo(1);
        assertThat(slow.batcher.stats().lanes() + next.batcher.stats().lanes()).isEqualTo(1);
    }

    @Test
    void aRevokedPartitionFinishesTheBatchInHandAndMovesWithinOnePoll() {
        StoredFixture.Process first = rig.startByHand(KEYED);
        first.batcher.addMany(List.of("a", "b", "c", "d", "e", "f"));
        rig.advanceMillis(500);
        assertThat(rig.stages).hasSize(2);
        StoredFixture.Process second = rig.startByHand(KEYED);
        rig.advance(StoredFixture.POLL);
        assertThat(first.batcher.stats().lanes()).isBetween(4, 6);
        while (!rig.stages.isEmpty()) {
            rig.stages.remove().complete(null);
            rig.runReady();
        }
        rig.advance(StoredFixture.POLL);
        while (!rig.stages.isEmpty()) {
            rig.stages.remove().complete(null);
            rig.advance(StoredFixture.POLL);
        }
        assertThat(first.batcher.stats().lanes()).isEqualTo(4);
        assertThat(second.batcher.stats().lanes()).isEqualTo(4);
        assertThat(rig.handled).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
        assertThat(rig.calls).allMatch(batch -> batch.attempt() == 1);
    }

    @ParameterizedTest
    @EnumSource(CallStyle.class)
    void aGracefulCloseGivesPartitionsBackAtOnceAndLosesNothing(CallStyle style) {
        StoredFixture.Process first = rig.start(style, KEYED);
        StoredFixture.Process second = rig.start(style, KEYED);
        rig.advance(StoredFixture.POLL.multipliedBy(2));
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            items.add("item" + i);
        }
        first.batcher.addMany(items);
        assertThat(first.batcher.close(Duration.ofSeconds(1)).undelivered()).isEmpty();
        rig.advance(StoredFixture.POLL.plusMillis(500));
        assertThat(rig.handled).containsExactlyInAnyOrderElementsOf(items);
        assertThat(second.batcher.stats().lanes()).isEqualTo(8);
    }
}
