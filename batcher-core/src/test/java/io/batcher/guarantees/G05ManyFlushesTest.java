/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.Futures;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * G5, cost: each pending flush costs O(1), however it ends. The time limit is a hundred times what linear cost takes, and a tenth of
 * what quadratic cost takes.
 */
class G05ManyFlushesTest {

    private static final int MANY = 200_000;
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final List<CompletableFuture<Void>> flushes = new ArrayList<>();

    private void flush(BatcherFixture rig, int times) {
        for (int i = 0; i < times; i++) {
            flushes.add(rig.batcher.flush());
        }
    }

    @Test
    void manyFlushesWhilePausedAreOneBatchAtResume() {
        assertTimeoutPreemptively(BOUND, () -> {
            try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
                rig.batcher.pause();
                rig.add("a");
                flush(rig, MANY);
                assertThat(flushes).noneMatch(CompletableFuture::isDone);
                rig.batcher.resume();
                rig.runReady();
                assertThat(flushes).allMatch(Futures::hasSucceeded);
                assertThat(rig.batches()).containsExactly(List.of("a"));
            }
        });
    }

    @Test
    void flushesSettledOneByOneCostNoMore() {
        int items = 30_000;
        assertTimeoutPreemptively(BOUND, () -> {
            Plain plain = new Plain(builder -> builder.maxBatchSize(1));
            plain.batcher.pause();
            for (int i = 0; i < items; i++) {
                plain.batcher.add("item");
                flushes.add(plain.batcher.flush());
            }
            int[] handled = {0};
            plain.outcome = () -> {
                assertThat(flushes.get(handled[0])).isNotDone();
                assertThat(handled[0] == 0 || flushes.get(handled[0] - 1).isDone())
                        .isTrue();
                handled[0]++;
            };
            plain.batcher.resume();
            plain.time.runReady();
            assertThat(handled[0]).isEqualTo(items);
            assertThat(flushes).allMatch(Futures::hasSucceeded);
            plain.close();
        });
    }

    @Test
    void manyFlushesFailWithTheNextAttempt() {
        assertTimeoutPreemptively(BOUND, () -> {
            try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
                rig.batcher.pause();
                rig.fail(1).add("a");
                flush(rig, MANY);
                rig.batcher.resume();
                rig.runReady();
                assertThat(flushes).allMatch(CompletableFuture::isCompletedExceptionally);
                assertThat(rig.calls).hasSize(1);
                rig.advanceMillis(500);
                assertThat(rig.handled).containsExactly("a");
            }
        });
    }

    /** Flushes made before the attempt fail with it, those made during it do not. */
    @Test
    void anAttemptFailsOnlyTheFlushesBeforeIt() {
        assertTimeoutPreemptively(BOUND, () -> {
            try (BatcherFixture rig = BatcherFixture.byHand()) {
                rig.add("a");
                flush(rig, 1_000);
                rig.runReady();
                flush(rig, MANY);
                rig.failStage("first");
                assertThat(flushes.subList(0, 1_000)).allMatch(CompletableFuture::isCompletedExceptionally);
                assertThat(flushes.subList(1_000, flushes.size())).noneMatch(CompletableFuture::isDone);
                rig.succeed();
                assertThat(flushes.subList(1_000, flushes.size())).allMatch(Futures::hasSucceeded);
            }
        });
    }

    @Test
    void closeFailsManyFlushes() {
        assertTimeoutPreemptively(BOUND, () -> {
            BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
            rig.batcher.pause();
            rig.fail(1).add("a");
            flush(rig, MANY);
            rig.batcher.close(Duration.ofSeconds(1));
            assertThat(flushes).allMatch(CompletableFuture::isCompletedExceptionally);
        });
    }

    @Test
    void manyFlushesOfAnEmptyBatcherCompleteAtOnce() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.batcher.pause();
            flush(rig, 3);
            assertThat(flushes).allMatch(CompletableFuture::isDone);
        }
    }
}
