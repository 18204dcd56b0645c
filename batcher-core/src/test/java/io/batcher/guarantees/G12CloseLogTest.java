/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherClosedException;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import io.batcher.fixtures.Plain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** G12, what close logs: the count of undelivered items, once, after the dead-letter callback was called; the end of a burst of drops. */
class G12CloseLogTest {

    private static final String THREW =
            "WARNING Batcher \"rig\" onDeadLetter threw an exception and has not taken its items; "
                    + "it is not called again, because the batcher is closed";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<String> offered = new ArrayList<>();

    /** Returns a fixture whose dead-letter callback throws for a letter with one of these items. */
    private BatcherFixture refusing(Set<String> refused) {
        return new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchSize(2).onDeadLetter(letter -> {
                    offered.addAll(letter.items());
                    if (letter.items().stream().anyMatch(refused::contains)) {
                        throw new IllegalStateException("store is full");
                    }
                }));
    }

    private static String notDelivered(String count) {
        return "SEVERE Batcher \"rig\" closed with " + count + " not delivered; set onDeadLetter to keep such items";
    }

    @Test
    void itemsThatOnDeadLetterAcceptsAreNotLogged() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of());
            rig.fail(1).add("a", "b", "c", "d", "e").batcher.close();
            assertThat(offered).containsExactly("a", "b", "c", "d", "e");
            assertThat(rig.stats().handedBack()).isEqualTo(5);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void onlyItemsOfFailedDeadLettersAreCounted() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of("d"));
            rig.fail(1).add("a", "b", "c", "d", "e").batcher.close();
            assertThat(offered).containsExactly("a", "b", "c", "d", "e");
            assertThat(log.lines()).containsExactly(THREW, notDelivered("2 items"));
            assertThat(log.at(Level.SEVERE).get(0).getThrown()).isNull();
            assertThat(rig.stats().handedBack()).isEqualTo(5);
        }
    }

    @Test
    void aFailedDeadLetterDoesNotStopTheNext() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of("a"));
            rig.fail(1).add("a", "b", "c", "d", "e").batcher.close();
            assertThat(offered).containsExactly("a", "b", "c", "d", "e");
            assertThat(log.lines()).containsExactly(THREW, notDelivered("2 items"));
        }
    }

    @Test
    void ifAllDeadLettersFailTheLastLineHasTheWholeCount() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of("a", "c", "e"));
            rig.fail(1).add("a", "b", "c", "d", "e").batcher.close();
            assertThat(log.lines()).containsExactly(THREW, THREW, THREW, notDelivered("5 items"));
        }
    }

    @Test
    void theMessageForOneItemIsSingular() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of("a"));
            rig.fail(1).add("a").batcher.close();
            assertThat(log.lines()).containsExactly(THREW, notDelivered("1 item"));
        }
    }

    @Test
    void aDeadLetterAcceptedAtTheSecondOfferIsNotCounted() {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        List<DeadLetter<String>> letters = new ArrayList<>();
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = new BatcherFixture(
                    CallStyle.SYNC,
                    builder -> builder.retry(once).onDeadLetter(letter -> {
                        letters.add(letter);
                        if (letters.size() == 1) {
                            throw new IllegalStateException("store is full");
                        }
                    }));
            rig.fail(1).add("a", "b").batcher.close();
            assertThat(letters).hasSize(2);
            assertThat(letters.get(1).items()).containsExactly("a", "b");
            assertThat(letters.get(1).cause())
                    .isInstanceOf(BatcherClosedException.class)
                    .hasCause(letters.get(0).cause());
            assertThat(log.lines())
                    .containsExactly(
                            "WARNING Batcher \"rig\" onDeadLetter threw an exception and has not taken its items; "
                                    + "it is called again, unless the batcher is closed");
        }
    }

    @Test
    void closeWithAResultOffersAndLogsNothing() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = refusing(Set.of("a"));
            rig.fail(1).add("a", "b", "c");
            assertThat(rig.batcher.close(SECOND).undelivered()).containsExactly("a", "b", "c");
            assertThat(offered).isEmpty();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void closeLogsTheEndOfABurstOfDrops() {
        try (CapturedLog log = new CapturedLog()) {
            Plain plain = new Plain(builder ->
                    builder.capacity(2).overflow(Overflow.DROP_NEWEST).onError(failure -> {}));
            plain.outcome = () -> {
                throw new IllegalStateException("no");
            };
            plain.batcher.addMany(List.of("a", "b"));
            plain.batcher.add("c");
            plain.batcher.add("d");
            assertThat(log.lines()).isEmpty();
            assertThat(plain.batcher.close(SECOND).undelivered()).containsExactly("a", "b");
            assertThat(log.lines())
                    .containsExactly("WARNING Batcher \"plain\" dropped 2 items because its buffer was full; "
                            + "set onDrop to get them");
        }
    }

    @Test
    void theLastAttemptEndsUnderATimeoutOfAnyLength() {
        for (Duration timeout :
                List.of(Duration.ofMillis(300), Duration.ofDays(36_500), Duration.ofSeconds(Long.MAX_VALUE))) {
            BatcherFixture rig = BatcherFixture.byHand();
            rig.add("a").advanceMillis(500);
            rig.time.schedule(rig::succeed, Duration.ofMillis(300));
            assertThat(rig.batcher.close(timeout)).isEqualTo(new CloseResult<>(List.of(), false));
            assertThat(rig.millis()).isEqualTo(800);
        }
    }
}
