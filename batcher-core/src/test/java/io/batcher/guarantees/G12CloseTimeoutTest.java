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
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** G12, timeout and result: close keeps its timeout, may be called twice, and without a result gives the items to {@code onDeadLetter}. */
class G12CloseTimeoutTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void closeKeepsItsTimeoutAndHandsBackItemsInFlight() {
        BatcherFixture rig = BatcherFixture.byHand();
        CompletableFuture<Void> inFlight = rig.batcher.submit("a");
        CompletableFuture<Void> flushed = rig.batcher.flush();
        rig.runReady().add("b");
        CloseResult<String> result = rig.batcher.close(SECOND);
        assertThat(rig.millis()).isEqualTo(1_000);
        assertThat(result.undelivered()).containsExactly("a", "b");
        assertThat(result.timedOut()).isTrue();
        assertThat(causeOf(inFlight)).isInstanceOf(BatcherClosedException.class);
        assertThat(causeOf(flushed)).isInstanceOf(BatcherClosedException.class);
        assertThat(rig.stats().inFlight()).isZero();

        rig.succeed().advanceMillis(5_000); // too late to count
        assertThat(rig.stats().handled()).isZero();
        assertThat(rig.stats().handedBack()).isEqualTo(2);
        assertThat(rig.calls).hasSize(1);
        rig.close();
    }

    @Test
    void aLateFailureIsNotReported() {
        BatcherFixture rig = BatcherFixture.byHand();
        rig.add("a").advanceMillis(500);
        rig.batcher.close(SECOND);
        rig.failStage("late").advanceMillis(5_000);
        assertThat(rig.failures).isEmpty();
        assertThat(rig.stats().failedAttempts()).isZero();
        rig.close();
    }

    @Test
    void withATimeoutOfZeroAllItemsAreHandedBack() {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
        rig.add("a", "b");
        CloseResult<String> result = rig.batcher.close(Duration.ZERO);
        assertThat(result).isEqualTo(new CloseResult<>(List.of("a", "b"), true));
        rig.advanceMillis(5_000);
        assertThat(rig.calls).isEmpty();
        rig.close();
    }

    @Test
    void withATimeoutOfZeroCloseDoesNotWaitForTheHandler() {
        BatcherFixture rig = BatcherFixture.byHand();
        rig.add("a").advanceMillis(500);
        assertThat(rig.batcher.close(Duration.ZERO)).isEqualTo(new CloseResult<>(List.of("a"), true));
        assertThat(rig.millis()).isEqualTo(500);
        rig.close();
    }

    @Test
    void aSecondCloseReturnsNoItems() {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC);
        rig.fail(1).add("a");
        assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a");
        assertThat(rig.batcher.close(SECOND)).isEqualTo(new CloseResult<>(List.of(), false));
        rig.batcher.close();
        assertThat(rig.letters).isEmpty();
        assertThat(rig.stats().handedBack()).isEqualTo(1);
    }

    @Test
    void aTimeoutIsZeroOrMore() {
        try (BatcherFixture rig = new BatcherFixture(CallStyle.SYNC)) {
            assertThatThrownBy(() -> rig.batcher.close(Duration.ofMillis(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeout must not be negative, but was PT-0.001S");
            assertThatThrownBy(() -> rig.batcher.close(null)).isInstanceOf(NullPointerException.class);
            assertThat(rig.stats().state()).isEqualTo(BatcherState.RUNNING);
            rig.batcher.close(Duration.ofSeconds(Long.MAX_VALUE));
        }
    }

    @Test
    void closeWithoutAResultOffersUndeliveredItemsToOnDeadLetter() {
        BatcherFixture rig = new BatcherFixture(CallStyle.SYNC, builder -> builder.maxBatchSize(2));
        rig.batcher.pause();
        rig.fail(1).add("a", "b", "c");
        rig.batcher.close();
        List<String> letters = new ArrayList<>();
        rig.letters.forEach(letter -> letters.addAll(letter.items()));
        assertThat(letters).containsExactly("a", "b", "c");
        assertThat(rig.letters).allMatch(letter -> letter.cause() instanceof BatcherClosedException);
        assertThat(rig.letters.get(0).attempts()).isEqualTo(1);
        assertThat(rig.letters.get(0).cause()).hasCause(rig.failures.get(0).cause());
        assertThat(rig.stats().handedBack()).isEqualTo(3);
        assertThat(rig.stats().deadLettered()).isZero();
    }

    @Test
    void closeWithoutAResultOffersItemsInOrder() {
        RetryPolicy neverIo = RetryPolicy.builder()
                .retryOn(cause -> !(cause instanceof IOException))
                .build();
        List<List<String>> offered = new ArrayList<>();
        try (CapturedLog quiet = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.retry(neverIo).onDeadLetter(letter -> {
                        offered.add(letter.items());
                        throw new IllegalStateException("store is full");
                    }));
            rig.failWith(new PartialBatchException(Map.of(0, new Exception("net"), 1, new IOException("disk"))));
            rig.add("a", "b").advanceMillis(500).add("c");
            offered.clear();
            rig.batcher.close();
            assertThat(offered.toString())
                    .isEqualTo("[[b], [a], [b], [c]]"); // once more during close, then the undelivered ones
        }
    }

    @Test
    void closeWithoutAResultDuringAnIsolationPassOffersItsPartsInOrder() {
        RetryPolicy isolating =
                RetryPolicy.builder().maxAttempts(1).isolatePoison(true).build();
        BatcherFixture rig = BatcherFixture.byHand(builder -> builder.retry(isolating));
        rig.add("a", "b", "c", "d").advanceMillis(500);
        rig.failStage("all").succeed(); // a and b are good
        rig.failStage("c, d").failStage("c");
        rig.batcher.close();
        assertThat(rig.letters.stream().map(DeadLetter::items).toList().toString())
                .isEqualTo("[[c], [d]]");
    }

    @Test
    void closeWithoutAResultAndCallbackLogsTheCount() {
        try (CapturedLog log = new CapturedLog()) {
            Plain plain = new Plain(builder -> builder.onError(failure -> {}));
            plain.outcome = () -> {
                throw new IllegalStateException("no");
            };
            plain.batcher.addMany(List.of("a", "b"));
            plain.batcher.close();
            assertThat(log.lines())
                    .containsExactly("SEVERE Batcher \"plain\" closed with 2 items not delivered; "
                            + "set onDeadLetter to keep such items");
            assertThat(log.at(Level.SEVERE)).hasSize(1);
        }
    }

    @Test
    void closeWithoutAResultUsesTheShutdownTimeout() {
        BatcherFixture rig = BatcherFixture.byHand(builder -> builder.shutdownTimeout(Duration.ofMillis(2_345)));
        rig.add("a").advanceMillis(500);
        rig.batcher.close();
        assertThat(rig.millis()).isEqualTo(500 + 2_345);
        assertThat(rig.letters.get(0).items()).containsExactly("a");
        BatcherFixture byDefault = BatcherFixture.byHand();
        byDefault.add("a").advanceMillis(500);
        byDefault.batcher.close();
        assertThat(byDefault.millis()).isEqualTo(500 + 10_000);
    }

    @Test
    void anInterruptDoesNotEndTheDrainAndTheFlagIsKept() {
        BatcherFixture rig = new BatcherFixture(CallStyle.ASYNC_LATER);
        rig.add("a");
        Thread.currentThread().interrupt();
        CloseResult<String> result = rig.batcher.close(SECOND);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.undelivered()).isEmpty();
        assertThat(rig.handled).containsExactly("a");
    }
}
