/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.fixtures.BatcherFixture;
import io.batcher.fixtures.CallStyle;
import io.batcher.fixtures.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** G9: no dead letter is larger than a batch, including those of {@code close()}; each is offered separately. */
class G09LetterSizeTest {

    private final List<List<String>> offered = new ArrayList<>();

    private BatcherFixture failing(int maxBatchSize, String refused) {
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchSize(maxBatchSize).onDeadLetter(letter -> {
                    offered.add(letter.items());
                    if (letter.items().contains(refused)) {
                        throw new IllegalStateException("store is full");
                    }
                }));
        return rig.fail(1);
    }

    private static List<String> items(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private List<String> inOrder() {
        return offered.stream().flatMap(List::stream).toList();
    }

    @Test
    void closeOffersUndeliveredItemsBatchByBatchInOrder() {
        BatcherFixture rig = failing(10, "none");
        rig.batcher.addMany(items(500));
        rig.batcher.close();
        assertThat(offered).hasSize(50).allMatch(letter -> letter.size() == 10);
        assertThat(inOrder()).isEqualTo(items(500));
        assertThat(rig.stats().handedBack()).isEqualTo(500);
    }

    @Test
    void closeOfAPausedBatcherOffersBatchesOfFullSizeThenTheRest() {
        BatcherFixture rig = failing(7, "none");
        rig.batcher.pause();
        rig.batcher.addMany(items(24));
        rig.batcher.close();
        assertThat(offered).extracting(List::size).containsExactly(7, 7, 7, 3);
        assertThat(inOrder()).isEqualTo(items(24));
    }

    @Test
    void closeWithoutAHandlerOffersBatches() {
        BatcherFixture rig = BatcherFixture.bare(
                builder -> builder.maxBatchSize(4).onDeadLetter(letter -> offered.add(letter.items())));
        rig.batcher.addMany(items(9));
        rig.batcher.close();
        assertThat(offered).extracting(List::size).containsExactly(4, 4, 1);
    }

    @Test
    void aDeadLetterWhoseCallbackThrowsDoesNotAffectTheOthers() {
        try (CapturedLog log = new CapturedLog()) {
            BatcherFixture rig = failing(10, "25");
            rig.batcher.addMany(items(100));
            rig.batcher.close();
            assertThat(inOrder()).isEqualTo(items(100));
            assertThat(log.lines())
                    .last()
                    .isEqualTo("SEVERE Batcher \"rig\" closed with 10 items not delivered; "
                            + "set onDeadLetter to keep such items");
        }
    }

    @Test
    void anInterruptOfOneCallbackDoesNotReachTheNext() {
        List<Boolean> interrupted = new ArrayList<>();
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchSize(1).onDeadLetter(letter -> {
                    interrupted.add(Thread.currentThread().isInterrupted());
                    Thread.currentThread().interrupt();
                }));
        rig.fail(1).add("a", "b", "c").batcher.close();
        assertThat(interrupted).containsExactly(false, false, false);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void noDeadLetterIsHeavierThanABatch() {
        BatcherFixture rig = new BatcherFixture(
                CallStyle.SYNC,
                builder -> builder.maxBatchWeight(10)
                        .weigher(String::length)
                        .onDeadLetter(letter -> offered.add(letter.items())));
        rig.fail(1).add("aaaa", "bbbb", "cccc", "dddd", "eeee", "f");
        rig.batcher.close();
        assertThat(offered).containsExactly(List.of("aaaa", "bbbb"), List.of("cccc", "dddd"), List.of("eeee", "f"));
    }

    @Test
    void closeWithAResultHandsBackOneList() {
        BatcherFixture rig = failing(10, "none");
        rig.batcher.addMany(items(500));
        assertThat(rig.batcher.close(Duration.ofSeconds(1)).undelivered()).isEqualTo(items(500));
        assertThat(offered).isEmpty();
    }
}
