/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The value types and exceptions of the API: components, unmodifiable copies, and strings without item contents (D4). */
class ValueTypesTest {

    private static final Exception CAUSE = new IllegalStateException("canary in the message");

    @Test
    void aBatchFailurePrintsIdSizeAndAttemptAndNoContents() {
        Batch<String> batch = canaries();
        BatchFailure<String> failure = new BatchFailure<>("rig", batch, CAUSE, Optional.of(Duration.ofMillis(500)));
        assertThat(failure)
                .hasToString("BatchFailure[batcher=rig, batch=" + batch.id()
                        + ", size=2, attempt=1, cause=java.lang.IllegalStateException, retryIn=PT0.5S]");
        assertThat(new BatchFailure<>("rig", batch, CAUSE, Optional.empty()).toString())
                .endsWith("retryIn=never]");
        assertThat(failure.batch()).isSameAs(batch);
    }

    @Test
    void aDeadLetterPrintsCountsAndNoContents() {
        DeadLetter<String> letter = new DeadLetter<>("rig", List.of("canary", "canary"), CAUSE, 3);
        assertThat(letter)
                .hasToString("DeadLetter[batcher=rig, size=2, cause=java.lang.IllegalStateException, attempts=3]");
    }

    @Test
    void aCloseResultPrintsCountsAndNoContents() {
        assertThat(new CloseResult<>(List.of("canary"), true)).hasToString("CloseResult[undelivered=1, timedOut=true]");
    }

    @Test
    void statsPrintEveryNumber() {
        assertThat(BatcherStats.builder()
                        .state(BatcherState.PAUSED)
                        .depth(1)
                        .inFlight(2)
                        .capacity(3)
                        .accepted(4)
                        .handled(5)
                        .failedAttempts(6)
                        .rejected(7)
                        .dropped(8)
                        .deadLettered(9)
                        .handedBack(10)
                        .batches(11)
                        .consecutiveFailures(12)
                        .oldestAge(Duration.ofMillis(13))
                        .throttled(14)
                        .restingFor(Duration.ofMillis(15))
                        .lanes(16)
                        .stoppedPartitions(17)
                        .fenced(18)
                        .storeFailure("java.io.IOException")
                        .build())
                .hasToString("BatcherStats[state=PAUSED, depth=1, inFlight=2, capacity=3, accepted=4, handled=5, "
                        + "failedAttempts=6, rejected=7, dropped=8, deadLettered=9, handedBack=10, batches=11, "
                        + "consecutiveFailures=12, oldestAge=PT0.013S, throttled=14, restingFor=PT0.015S, lanes=16, "
                        + "stoppedPartitions=17, fenced=18, storeFailure=java.io.IOException]");
    }

    @Test
    void statsAreEqualIfEveryValueIs() {
        BatcherStats stats = stats().build();
        assertThat(stats).isEqualTo(stats().build()).hasSameHashCodeAs(stats().build());
        assertThat(stats)
                .isNotEqualTo(stats().state(BatcherState.PAUSED).build())
                .isNotEqualTo(stats().handled(6).build())
                .isNotEqualTo(stats().oldestAge(Duration.ZERO).build())
                .isNotEqualTo(stats().throttled(1).build())
                .isNotEqualTo(stats().restingFor(Duration.ofMillis(1)).build())
                .isNotEqualTo(stats().lanes(1).build())
                .isNotEqualTo(stats().stoppedPartitions(1).build())
                .isNotEqualTo(stats().fenced(1).build())
                .isNotEqualTo(stats().storeFailure("java.io.IOException").build())
                .isNotEqualTo("BatcherStats");
    }

    private static BatcherStats.Builder stats() {
        return BatcherStats.builder().handled(5).oldestAge(Duration.ofMillis(13));
    }

    @Test
    void configurationAndBatcherPrintNoContents() {
        BatcherBuilder<String> builder = Batcher.<String>builder("rig").capacity(5);
        assertThat(builder.config())
                .hasToString("BatcherConfig[name=rig, interval=PT0.5S, maxBatchSize=5, capacity=5, overflow=REJECT]");
        Batcher<String> batcher = builder.build();
        batcher.add("canary");
        assertThat(batcher).hasToString("Batcher[name=rig, state=RUNNING, depth=1]");
        batcher.close(Duration.ZERO);
    }

    @Test
    void listsInRecordsAreUnmodifiableCopies() {
        List<String> items = new ArrayList<>(List.of("a"));
        DeadLetter<String> letter = new DeadLetter<>("rig", items, CAUSE, 1);
        CloseResult<String> result = new CloseResult<>(items, false);
        items.add("b");
        assertThat(letter.items()).containsExactly("a");
        assertThat(result.undelivered()).containsExactly("a");
        assertThatThrownBy(() -> letter.items().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> result.undelivered().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void thereAreFourStates() {
        assertThat(BatcherState.values())
                .containsExactly(BatcherState.RUNNING, BatcherState.PAUSED, BatcherState.DRAINING, BatcherState.CLOSED);
        assertThat(Overflow.values())
                .containsExactlyInAnyOrder(Overflow.REJECT, Overflow.BLOCK, Overflow.DROP_NEWEST, Overflow.DROP_OLDEST);
    }

    @Test
    void exceptionsAreUncheckedUnderOneParent() {
        assertThat(new BatcherFullException("full"))
                .isInstanceOf(BatcherException.class)
                .isInstanceOf(RuntimeException.class)
                .hasMessage("full")
                .hasNoCause();
        assertThat(new BatcherClosedException("closed", CAUSE))
                .isInstanceOf(BatcherException.class)
                .hasMessage("closed")
                .hasCause(CAUSE);
        assertThat(new BatcherClosedException("closed")).hasNoCause();
        assertThat(new PartialBatchException(Map.of())).isInstanceOf(BatcherException.class);
        assertThat(new RetryAfterException(Duration.ofSeconds(30), CAUSE))
                .isInstanceOf(BatcherException.class)
                .hasMessage("the target asks for no call during PT30S")
                .hasCause(CAUSE);
        assertThat(new RetryAfterException(Duration.ZERO)).hasNoCause();
    }

    @Test
    void aRetryAfterExceptionTakesAnyDuration() {
        for (Duration any : List.of(
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Duration.ofMillis(5),
                Duration.ZERO,
                Duration.ofSeconds(Long.MIN_VALUE))) {
            assertThat(new RetryAfterException(any).retryAfter()).isEqualTo(any);
        }
        assertThatThrownBy(() -> new RetryAfterException(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("retryAfter");
    }

    @Test
    void aPartialBatchExceptionNamesItemsInAscendingOrder() {
        Exception other = new Exception("other");
        Map<Integer, Exception> causes = new HashMap<>();
        causes.put(100_000, other);
        causes.put(3, CAUSE);
        PartialBatchException thrown = new PartialBatchException(causes);
        causes.clear();
        assertThat(thrown.causesByIndex()).containsExactly(Map.entry(3, CAUSE), Map.entry(100_000, other));
        assertThat(thrown).hasMessage("2 items of the batch failed").hasCause(CAUSE);
        assertThatThrownBy(() -> thrown.causesByIndex().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(new PartialBatchException(Map.of()).causesByIndex()).isEmpty();
        assertThat(new PartialBatchException(Map.of())).hasNoCause();
    }

    @Test
    void aPartialBatchExceptionRejectsNull() {
        Map<Integer, Exception> nullCause = new HashMap<>();
        nullCause.put(7, null);
        Map<Integer, Exception> nullIndex = new HashMap<>();
        nullIndex.put(null, CAUSE);
        assertThatThrownBy(() -> new PartialBatchException(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("causesByIndex");
        assertThatThrownBy(() -> new PartialBatchException(nullCause))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("item 7");
        assertThatThrownBy(() -> new PartialBatchException(nullIndex))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("index");
    }

    @Test
    void exceptionsAreSerializable() throws Exception {
        for (BatcherException thrown : new BatcherException[] {
            new BatcherFullException("full"),
            new BatcherClosedException("closed"),
            new PartialBatchException(Map.of(1, CAUSE)),
            new RetryAfterException(Duration.ofSeconds(30), CAUSE)
        }) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(thrown);
            Object read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
            assertThat(read).hasSameClassAs(thrown);
            assertThat((Throwable) read).hasMessage(thrown.getMessage());
            if (read instanceof PartialBatchException partial) {
                assertThat(partial.causesByIndex()).isEmpty();
            }
            if (read instanceof RetryAfterException later) {
                assertThat(later.retryAfter()).isEqualTo(Duration.ofSeconds(30));
            }
        }
    }

    private static Batch<String> canaries() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            rig.add("canary", "canary").advanceMillis(500);
            return rig.calls.get(0);
        }
    }
}
