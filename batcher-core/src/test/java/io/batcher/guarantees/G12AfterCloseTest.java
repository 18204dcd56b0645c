/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static io.batcher.fixtures.Futures.causeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.Overflow;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G12 and the table of calls: what each call does after close; close is final, drain is not. */
class G12AfterCloseTest {

    private static BatcherFixture closed(Overflow policy) {
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC, builder -> builder.overflow(policy).capacity(2));
        rig.batcher.close(Duration.ofSeconds(1));
        return rig;
    }

    @ParameterizedTest
    @EnumSource
    void addThrowsAfterClose(Overflow policy) {
        BatcherFixture rig = closed(policy);
        assertThatThrownBy(() -> rig.batcher.add("a"))
                .isInstanceOf(BatcherClosedException.class)
                .hasMessage("batcher \"rig\" is closed");
        assertThatThrownBy(() -> rig.batcher.addMany(List.of("a"))).isInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> rig.batcher.addMany(List.of())).isInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> rig.batcher.offer("a")).isInstanceOf(BatcherClosedException.class);
        assertThat(causeOf(rig.batcher.submit("a"))).isInstanceOf(BatcherClosedException.class);
        assertThat(rig.stats().accepted()).isZero();
        assertThat(rig.stats().depth()).isZero();
        assertThat(rig.dropped).isEmpty();
    }

    @Test
    void flushAndDrainFailAfterClose() {
        BatcherFixture rig = closed(Overflow.REJECT);
        assertThat(causeOf(rig.batcher.flush()))
                .isInstanceOf(BatcherClosedException.class)
                .hasMessage("batcher \"rig\" is closed");
        assertThat(causeOf(rig.batcher.drain())).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void theSwitchesDoNothingAfterClose() {
        BatcherFixture rig = closed(Overflow.REJECT);
        BatcherStats before = rig.stats();
        rig.batcher.pause();
        rig.batcher.resume();
        rig.batcher.startAutoFlush();
        rig.batcher.stopAutoFlush();
        assertThat(rig.stats()).isEqualTo(before);
        assertThat(before.state()).isEqualTo(BatcherState.CLOSED);
        assertThat(rig.time.pendingTimers()).isZero();
    }

    @Test
    void aPauseAfterCloseIsNotLogged() {
        BatcherFixture rig = closed(Overflow.REJECT);
        try (CapturedLog log = new CapturedLog()) {
            rig.batcher.pause();
            rig.batcher.resume();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void registerHandlerThrowsAfterClose() {
        BatcherFixture rig = BatcherFixture.bare(builder -> builder);
        rig.batcher.close(Duration.ZERO);
        assertThatThrownBy(() -> rig.batcher.registerHandler(batch -> {})).isInstanceOf(BatcherClosedException.class);
        assertThatThrownBy(() -> rig.batcher.registerAsyncHandler(batch -> null))
                .isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void nameStatsAndToStringWorkAfterClose() {
        BatcherFixture rig = closed(Overflow.REJECT);
        assertThat(rig.batcher.name()).isEqualTo("rig");
        assertThat(rig.batcher.toString()).isEqualTo("Batcher[name=rig, state=CLOSED, depth=0]");
        assertThat(rig.stats().capacity()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void nullIsRejectedBeforeTheStateIsChecked(Overflow policy) {
        Stream.of(closed(policy), new BatcherFixture(CallStyle.SYNC)).forEach(rig -> {
            assertThatThrownBy(() -> rig.batcher.add(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("item is null; a batcher takes no nulls");
            assertThatThrownBy(() -> rig.batcher.addMany(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> rig.batcher.offer(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> rig.batcher.submit(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> rig.batcher.registerHandler(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> rig.batcher.registerAsyncHandler(null)).isInstanceOf(NullPointerException.class);
            assertThat(rig.stats().accepted() + rig.stats().rejected()).isZero();
            rig.close();
        });
    }

    @ParameterizedTest
    @EnumSource
    void drainThenStartAutoFlushRestarts(CallStyle style) {
        try (BatcherFixture rig = new BatcherFixture(style)) {
            for (int round = 0; round < 3; round++) {
                rig.add("a");
                CompletableFuture<Void> drained = rig.batcher.drain();
                rig.runReady();
                assertThat(drained).isCompleted();
                assertThat(rig.stats().depth()).isZero();
                rig.batcher.startAutoFlush();
                assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
            }
            rig.add("b").advanceMillis(499);
            assertThat(rig.handled).containsExactly("a", "a", "a");
            rig.advanceMillis(1);
            assertThat(rig.handled).containsExactly("a", "a", "a", "b");
        }
    }

    @Test
    void anAddInsideTheLastAttemptIsRejected() {
        try (CapturedLog quiet = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
            rig.add("a");
            rig.script.add(batch -> assertThatThrownBy(() -> rig.add("b")).isInstanceOf(BatcherClosedException.class));
            assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).isEmpty();
            assertThat(rig.handled).containsExactly("a");
        }
    }
}
