/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scenarios of the utility that this library replaces, on virtual time. */
class OriginalScenariosTest {

    @ParameterizedTest
    @EnumSource
    void deliversItemsAfterTheInterval(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a", "b", "c").advanceMillis(499);
            assertThat(rig.calls).isEmpty();

            rig.advanceMillis(1);
            assertThat(rig.batches()).containsExactly(List.of("a", "b", "c"));
            assertThat(rig.calls.get(0).reason()).isEqualTo(FlushReason.INTERVAL);

            rig.advanceMillis(10_000);
            assertThat(rig.calls).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void flushDeliversAtOnce(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.add("a", "b");
            CompletableFuture<Void> flushed = rig.batcher.flush();
            assertThat(flushed).isNotDone();

            rig.runReady();
            assertThat(flushed).isCompleted();
            assertThat(rig.batches()).containsExactly(List.of("a", "b"));
            assertThat(rig.calls.get(0).reason()).isEqualTo(FlushReason.MANUAL);
        }
    }

    @Test
    void aFlushDuringAnAsynchronousFlushRunsRightAfterIt() {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        List<List<String>> batches = new ArrayList<>();
        var time = new io.batcher.testing.VirtualTime();
        Batcher<String> batcher = time.applyTo(Batcher.<String>builder("scenario"))
                .asyncHandler(batch -> {
                    batches.add(List.copyOf(batch));
                    stages.add(new CompletableFuture<>());
                    return stages.get(stages.size() - 1);
                })
                .build();
        batcher.add("a");
        CompletableFuture<Void> first = batcher.flush();
        time.runReady();
        batcher.add("b");
        CompletableFuture<Void> second = batcher.flush();
        time.runReady();
        assertThat(batches).containsExactly(List.of("a"));
        assertThat(first).isNotDone();

        stages.get(0).complete(null);
        time.runReady();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(batches).containsExactly(List.of("a"), List.of("b"));

        stages.get(1).complete(null);
        time.runReady();
        assertThat(second).isCompleted();
        batcher.close();
    }

    @ParameterizedTest
    @EnumSource
    void itemsAddedDuringAFlushFormTheNextBatch(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.script.add(batch -> rig.add("c", "d"));
            rig.add("a", "b").advanceMillis(500);
            assertThat(rig.batches()).containsExactly(List.of("a", "b"));

            rig.advanceMillis(500);
            assertThat(rig.batches()).containsExactly(List.of("a", "b"), List.of("c", "d"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedBatchIsReportedToOnErrorAndRetriedAtTheNextInterval(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            IllegalStateException cause = new IllegalStateException("no");
            rig.failWith(cause).add("a", "b").advanceMillis(500);
            assertThat(rig.failures).hasSize(1);
            assertThat(rig.failures.get(0).cause()).isSameAs(cause);
            assertThat(rig.failures.get(0).retryIn()).contains(Duration.ofMillis(500));
            assertThat(rig.batcher.stats().depth()).isEqualTo(2);

            rig.add("c").advanceMillis(499);
            assertThat(rig.calls).hasSize(1);
            rig.advanceMillis(1);
            assertThat(rig.batches()).startsWith(List.of("a", "b"), List.of("a", "b"));
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b", "c");
            assertThat(rig.batcher.stats().depth()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedBatchIsRetriedWithoutOnErrorToo(CallStyle style) {
        var time = new io.batcher.testing.VirtualTime();
        List<List<String>> batches = new ArrayList<>();
        BatchConsumer<String> handler = batch -> {
            batches.add(List.copyOf(batch));
            if (batches.size() == 1) {
                throw new IllegalStateException("no");
            }
        };
        Batcher<String> batcher = style.install(time.applyTo(Batcher.<String>builder("scenario")), time, handler)
                .build();
        batcher.add("a");
        time.advance(Duration.ofMillis(1_000));
        assertThat(batches).containsExactly(List.of("a"), List.of("a"));
        assertThat(batcher.stats().handled()).isEqualTo(1);
        batcher.close();
    }

    @ParameterizedTest
    @EnumSource
    void keepsOrderAcrossBatchesAndRetries(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style, builder -> builder.maxBatchSize(2))) {
            rig.fail(3).add("a", "b", "c", "d", "e").advanceMillis(5_000);
            assertThat(rig.handled).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopAutoFlushStopsTheIntervalOnly(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            rig.batcher.stopAutoFlush();
            rig.add("a").advanceMillis(5_000);
            assertThat(rig.calls).isEmpty();

            rig.batcher.flush();
            rig.runReady();
            assertThat(rig.handled).containsExactly("a");

            rig.add("b");
            rig.batcher.startAutoFlush();
            rig.advanceMillis(500);
            assertThat(rig.handled).containsExactly("a", "b");
        }
    }

    @Test
    void aSecondHandlerIsRejected() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertThatThrownBy(() -> rig.batcher.registerHandler(batch -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"rig\"");
        }
    }
}
