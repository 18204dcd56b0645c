/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G2: handler calls of a batcher never overlap, sync or async; an async batch ends when its stage completes; a flush requested
 * meanwhile runs right after.
 */
class G02OneAtATimeTest {

    @ParameterizedTest
    @EnumSource
    void nothingStartsASecondCallDuringACall(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.script.add(batch -> {
                rig.add("b", "c", "d", "e", "f"); // full batches
                rig.batcher.flush();
                rig.batcher.drain();
                rig.batcher.pause();
                rig.batcher.resume();
                rig.batcher.stopAutoFlush();
                rig.batcher.startAutoFlush();
                rig.advanceMillis(5_000);
                rig.record("leaves " + batch);
            });
            rig.add("a").advanceMillis(500);
            rig.runReady();
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]",
                            "5500 leaves [a]",
                            "5500 SIZE 1 [b, c]",
                            "5500 SIZE 1 [d, e]",
                            "5500 MANUAL 1 [f]");
        }
    }

    @Test
    void anAsynchronousBatchEndsWhenItsStageCompletes() {
        try (BatcherFixture rig = BatcherFixture.byHand(builder -> builder.maxBatchSize(2))) {
            rig.add("a", "b").runReady();
            assertThat(rig.stats().inFlight()).isEqualTo(2);

            rig.add("c", "d", "e").advanceMillis(60_000);
            rig.batcher.flush();
            rig.batcher.drain();
            rig.batcher.pause();
            rig.batcher.resume();
            rig.advanceMillis(60_000);
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]");

            rig.succeed();
            assertThat(rig.log).containsExactly("0 SIZE 1 [a, b]", "120000 SIZE 1 [c, d]");
            rig.succeed();
            assertThat(rig.log).endsWith("120000 MANUAL 1 [e]").hasSize(3);
            rig.succeed();
            assertThat(rig.stats().handled()).isEqualTo(5);
        }
    }

    @Test
    void aFailedStageEndsTheCall() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500).add("b").failStage("no");
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly("500 INTERVAL 1 [a]", "500 failed [a] no, again in 500", "1000 INTERVAL 2 [a]");
            rig.succeed();
            rig.succeed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlushDuringACallRunsRightAfterIt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                rig.add("b");
                CompletableFuture<Void> flushed = rig.batcher.flush();
                flushed.thenRun(() -> rig.record("flushed"));
                rig.record("flush asked, done: " + flushed.isDone());
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.log)
                    .containsExactly(
                            "500 INTERVAL 1 [a]", "500 flush asked, done: false", "500 MANUAL 1 [b]", "500 flushed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalFlushesDuringACallAreOneCallAfterIt(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> {
                for (String item : new String[] {"b", "c", "d"}) {
                    rig.add(item);
                    rig.batcher.flush();
                }
            });
            rig.add("a").advanceMillis(500);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]", "500 MANUAL 1 [b, c, d]");
        }
    }

    @Test
    void aStageThatEndsTwiceCountsOnce() {
        try (BatcherFixture rig = BatcherFixture.byHand()) {
            rig.add("a").advanceMillis(500);
            CompletableFuture<Void> stage = rig.stages.peek();
            rig.succeed();
            stage.obtrudeException(new IllegalStateException("late"));
            rig.advanceMillis(5_000);
            assertThat(rig.log).containsExactly("500 INTERVAL 1 [a]");
            assertThat(rig.stats().batches()).isEqualTo(1);
        }
    }

    @Test
    void twoBatchersDoNotWaitForEachOther() {
        try (BatcherFixture one = BatcherFixture.byHand();
                BatcherFixture other = BatcherFixture.byHand()) {
            one.add("a").advanceMillis(500);
            other.add("b").advanceMillis(500);
            assertThat(one.calls).hasSize(1);
            assertThat(other.calls).hasSize(1);
            one.succeed();
            other.succeed();
        }
    }
}
