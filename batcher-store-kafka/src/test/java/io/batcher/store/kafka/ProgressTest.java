/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.store.BatchRecord;
import io.batcher.store.StoredItem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The format of what is committed, and that the largest batch fits. */
class ProgressTest {

    private static final long BASE = 5_000_000_000L;

    @Test
    void nothingInHandIsTheOffsetAlone() {
        Progress progress = Progress.at(BASE);

        assertThat(progress.encode()).isEqualTo("batcher1:");
        assertThat(Progress.decode(BASE, "batcher1:").attempt()).isNull();
    }

    @Test
    void theOffsetMovesBehindWhatHasLeftFromTheHeadOn() {
        Progress progress = Progress.at(BASE).withGone(LongStream.of(BASE + 1, BASE + 2));
        assertThat(progress.base()).isEqualTo(BASE);
        assertThat(progress.goneBetween(BASE, BASE + 2)).isOne();

        Progress moved = progress.withGone(LongStream.of(BASE, BASE + 4));

        assertThat(moved.base()).isEqualTo(BASE + 3);
        assertThat(moved.isGone(BASE + 3)).isFalse();
        assertThat(moved.isGone(BASE + 4)).isTrue();
        assertThat(moved.withGone(LongStream.of(BASE)).base()).isEqualTo(BASE + 3);
    }

    @Test
    void aBatchIsReadAsItWasRecorded() {
        Progress written = Progress.at(BASE)
                .withGone(LongStream.of(BASE + 1, BASE + 6))
                .withRecord(
                        record("readings-7", List.of(item(BASE + 2), item(BASE + 5)), Duration.ofSeconds(5)), 1_000);

        Progress read = Progress.decode(written.base(), written.encode());

        assertThat(read.attempt()).isEqualTo(new Progress.Attempt("readings-7", 3, 2, Duration.ofSeconds(5), 6_000));
        for (long offset = BASE - 1; offset < BASE + 9; offset++) {
            assertThat(read.isGone(offset)).as("gone %s", offset).isEqualTo(written.isGone(offset));
            assertThat(read.isRecorded(offset))
                    .as("recorded %s", offset)
                    .isEqualTo(offset == BASE + 2 || offset == BASE + 5);
        }
        assertThat(read.batchEnd()).isEqualTo(BASE + 6);
    }

    @Test
    void aRestoredDelayIsNeverLongerThanTheRecordedOne() {
        Progress.Attempt attempt = new Progress.Attempt("readings-7", 1, 1, Duration.ofSeconds(5), 6_000);

        assertThat(attempt.left(3_000)).isEqualTo(Duration.ofSeconds(3));
        assertThat(attempt.left(7_000)).isZero();
        // The clock of the other process was ahead.
        assertThat(attempt.left(-90_000)).isEqualTo(Duration.ofSeconds(5));
    }

    /** The bytes of a released version: every later one reads them. */
    @Test
    void theFormatStaysReadable() {
        Progress read = Progress.decode(40, "batcher1:Y+AqSk1MycxLL9Y1Z2BgYAZipv9QwIAAjEIgghkA");

        assertThat(read.attempt()).isEqualTo(new Progress.Attempt("readings-7", 3, 2, null, 0));
        assertThat(read.isRecorded(40)).isTrue();
        assertThat(read.isGone(41)).isTrue();
        assertThat(read.isRecorded(42)).isTrue();
        assertThat(read.isRecorded(43)).isFalse();
        assertThat(read.isGone(44)).isTrue();
        assertThat(read.batchEnd()).isEqualTo(43);
    }

    /** Whatever part of the largest batch is left, and whatever part of that is recorded. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.3, 0.5, 0.667, 0.75, 0.9, 1})
    void theLargestBatchFits(double left) {
        Random random = new Random(7);
        for (double recorded : new double[] {0.1, 0.5, 0.9, 1}) {
            long[] gone = LongStream.range(BASE, BASE + Progress.MAX_BATCH)
                    .filter(offset -> random.nextDouble() >= left)
                    .toArray();
            Progress progress = Progress.at(BASE).withGone(LongStream.of(gone));
            List<StoredItem> items = LongStream.range(BASE, BASE + Progress.MAX_BATCH)
                    .filter(offset -> !progress.isGone(offset) && random.nextDouble() < recorded)
                    .mapToObj(ProgressTest::item)
                    .toList();
            Progress batch = progress.withRecord(record("r".repeat(BatchRecord.MAX_ID_LENGTH), items, null), 0);

            assertThat(batch.encode().length())
                    .as("left %s, recorded %s", left, recorded)
                    .isLessThanOrEqualTo(Progress.MAX_METADATA);
        }
    }

    /** Each item of its own transaction is followed by a marker, and what was aborted is a gap. */
    @Test
    void theLargestBatchFitsAmongTransactions() {
        Random random = new Random(8);
        Progress progress = Progress.at(BASE);
        List<StoredItem> items = new ArrayList<>();
        long offset = BASE;
        for (int i = 0; i < Progress.MAX_BATCH; i++) {
            if (i % 1_000 == 500) {
                progress = progress.withoutRecords(offset, offset + 100_000);
                offset += 100_000;
            }
            if (random.nextBoolean()) {
                items.add(item(offset));
            } else {
                progress = progress.withGone(LongStream.of(offset));
            }
            progress = progress.withoutRecords(offset + 1, offset + 2);
            offset += 2;
        }

        assertThat(progress.withRecord(record("readings-7", items, null), 0)
                        .encode()
                        .length())
                .isLessThanOrEqualTo(Progress.MAX_METADATA);
    }

    /** They are found again when the partition is fetched; items that have left are not. */
    @Test
    void offsetsWithoutRecordsBehindTheBatchAreNotCommitted() {
        Random random = new Random(9);
        Progress progress = Progress.at(BASE)
                .withRecord(record("readings-7", List.of(item(BASE), item(BASE + 2)), null), 0)
                .withoutRecords(BASE + 1, BASE + 2)
                .withGone(LongStream.of(BASE + 3, BASE + 7));
        for (long offset = BASE + 8; offset < BASE + 100_000; offset++) {
            if (random.nextBoolean()) {
                progress = progress.withoutRecords(offset, offset + 1);
            }
        }

        String metadata = progress.encode();
        Progress read = Progress.decode(BASE, metadata);

        assertThat(metadata).hasSizeLessThan(100);
        assertThat(LongStream.range(BASE, BASE + 20).filter(read::isGone))
                .containsExactly(BASE + 1, BASE + 3, BASE + 7);
        assertThat(LongStream.range(BASE, BASE + 20).filter(read::isRecorded)).containsExactly(BASE, BASE + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "something", "batcher1:!", "batcher1:AAAA", "batcher1:Y2hhbmdlZA", "batcher2:AAAA"})
    void whatIsNotOfThisFormatIsRefused(String metadata) {
        assertThatThrownBy(() -> Progress.decode(BASE, metadata)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What stands before the recorded batch is not delivered before it, so nothing would take it from a full window. */
    @Test
    void aWindowIsFilledUpToTheEndOfTheRecordedBatchHoweverMuchStandsBeforeIt() {
        long batch = BASE + Window.FULL + 1;
        Window window =
                new Window(Progress.at(BASE).withRecord(record("readings-7", List.of(item(batch)), null), 0), null);

        window.fetched(records(BASE, batch), batch);
        assertThat(window.wantsMore()).isTrue();
        window.fetched(records(batch, batch + 1), batch + 1);

        assertThat(window.wantsMore()).isFalse();
        assertThat(window.restored(0))
                .hasValueSatisfying(found ->
                        assertThat(found).extracting(ConsumerRecord::offset).containsExactly(batch));
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(offset -> new ConsumerRecord<byte[], byte[]>("readings", 0, offset, null, new byte[1]))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-", "9223372036854775808"})
    void aDeadLetterOfAnotherProgramHasNoOrigin(String offset) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("readings-dead", 0, 0, null, null);
        letter.headers().add(Records.PARTITION, "0".getBytes(StandardCharsets.UTF_8));
        letter.headers().add(Records.OFFSET, offset.getBytes(StandardCharsets.UTF_8));

        assertThat(Records.origin(letter)).isEmpty();
    }

    private static StoredItem item(long offset) {
        return new StoredItem(new KafkaPosition(0, offset), "text", new byte[0], Duration.ZERO);
    }

    private static BatchRecord record(String id, List<StoredItem> items, Duration retryIn) {
        return new BatchRecord(id, items, 3, 2, retryIn);
    }
}
