/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemCodec;
import io.batcher.store.ItemState;
import io.batcher.store.NewItem;
import io.batcher.store.Partition;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import io.batcher.store.fixtures.TestProcess;
import io.batcher.store.fixtures.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the golden data holds: of the batcher {@code readings}, with 3 partitions, a batch that waits for its retry, an interrupted one,
 * items behind both, and a dead letter; of the batcher {@code other} an item of bytes.
 */
final class GoldenRows {

    static final String BATCHER = "readings";
    static final String OTHER = "other";
    private static final int PARTITIONS = 3;
    private static final String LONG = "ä€😀".repeat(4);
    private static final byte[] BYTES = {0, 1, -1, 39, 92};

    private GoldenRows() {}

    private static List<NewItem> items(int part, String... texts) {
        return Stream.of(texts)
                .map(text -> new NewItem(
                        part, ItemCodec.strings().type(), ItemCodec.strings().write(text)))
                .toList();
    }

    private static TestProcess start(JdbcStore store, String batcher, int wished, int partitions) {
        TestProcess process = TestProcess.start(store, batcher, wished);
        Waiting.until(
                "the partitions of " + batcher + " are owned",
                Duration.ofMinutes(1),
                () -> process.owned.size() == partitions);
        return process;
    }

    /** Writes it to a store that is empty. */
    static void write(JdbcStore store) {
        TestProcess process = start(store, BATCHER, PARTITIONS, PARTITIONS);
        // So that the ids of the rest have more than one byte.
        process.session()
                .append(IntStream.range(0, 70)
                        .mapToObj(i -> items(2, "gone").get(0))
                        .toList());
        Partition last = process.owned.get(2);
        last.settle(Settlement.handled(last.next(100, 1 << 20)));

        for (String text : List.of("a", "b", "", LONG)) {
            process.session().append(items(0, text));
            process.session().append(items(1, text + "1"));
        }
        process.session().append(items(2, "dead", "alive"));

        Partition first = process.owned.get(0);
        List<StoredItem> next = first.next(3, 1 << 20);
        // A partial failure has turned the order round.
        List<StoredItem> turned = List.of(next.get(2), next.get(0), next.get(1));
        first.begin(new BatchRecord(BATCHER + "-7", turned, 2, 1));
        first.settle(new Settlement(
                List.of(), List.of(), new BatchRecord(BATCHER + "-7", turned, 2, 2, Duration.ofSeconds(1))));
        Partition second = process.owned.get(1);
        second.begin(new BatchRecord("f3/1", second.next(2, 1 << 20), 1, 1));
        last.moveToDeadLetters(
                List.of(new DeadItem(last.next(1, 1 << 20).get(0), 3, IllegalArgumentException.class.getName())));
        process.session().close();

        TestProcess other = start(store, OTHER, 1, 1);
        other.session().append(List.of(new NewItem(0, ItemCodec.bytes().type(), BYTES)));
        other.session().close();
    }

    /** Opens a store that holds it, and asserts that everything is there as it was. */
    static void assertRead(JdbcStore store) {
        TestProcess process = start(store, BATCHER, 8, PARTITIONS);
        assertThat(process.session().count().items()).isEqualTo(9);
        BatchRecord waiting = process.owned.get(0).recorded().orElseThrow();
        assertRecord(waiting, BATCHER + "-7", 2, 2, "", "a", "b");
        assertThat(waiting.retryIn()).isNotNull();
        assertThat(TestProcess.texts(process.owned.get(0).next(9, 1 << 20))).containsExactly(LONG);
        BatchRecord interrupted = process.owned.get(1).recorded().orElseThrow();
        assertRecord(interrupted, "f3/1", 1, 1, "a1", "b1");
        assertThat(interrupted.isInterrupted()).isTrue();
        assertThat(TestProcess.texts(process.owned.get(1).next(9, 1 << 20))).containsExactly("1", LONG + "1");
        assertThat(process.owned.get(2).recorded()).isEmpty();
        List<StoredItem> alive = process.owned.get(2).next(9, 1 << 20);
        assertThat(TestProcess.texts(alive)).containsExactly("alive");
        assertThat(alive.get(0).type()).isEqualTo("string");
        assertLetter(process);

        long added = ((RowId) process.append(2, "new").get(0)).value();
        assertThat(added).as("an id is never used again").isGreaterThan(81);
        process.owned.get(0).settle(Settlement.handled(waiting.items()));
        assertThat(process.owned.get(0).recorded()).isEmpty();
        assertThat(process.session()
                        .states(waiting.items().stream()
                                .map(StoredItem::position)
                                .toList())
                        .values())
                .containsOnly(ItemState.HANDLED);
        assertThat(process.damage).isEmpty();
        process.session().close();

        TestProcess other = start(store, OTHER, 1, 1);
        StoredItem bytes = other.owned.get(0).next(9, 1 << 20).get(0);
        assertThat(bytes.type()).isEqualTo("bytes");
        assertThat(bytes.payload()).isEqualTo(BYTES);
        other.session().close();
    }

    private static void assertRecord(BatchRecord record, String id, int attempt, int counted, String... texts) {
        assertThat(record.id()).isEqualTo(id);
        assertThat(record.attempt()).isEqualTo(attempt);
        assertThat(record.counted()).isEqualTo(counted);
        assertThat(TestProcess.texts(record.items())).containsExactly(texts);
    }

    private static void assertLetter(TestProcess process) {
        DeadLetters letters = process.session().deadLetters().orElseThrow();
        DeadLetters.Letter letter = letters.list(0, 10).get(0);
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.errorType()).isEqualTo("java.lang.IllegalArgumentException");
        assertThat(new String(letters.read(List.of(letter.id())).get(0).item().payload(), StandardCharsets.UTF_8))
                .isEqualTo("dead");
    }

    /** Delivers what is stored of the batcher {@code readings} with the engine. */
    static void assertDelivered(JdbcStore store) throws Exception {
        List<Batch<String>> batches = new CopyOnWriteArrayList<>();
        try (Batcher<String> batcher = Batcher.<String>builder(BATCHER)
                .store(store)
                .codec(ItemCodec.strings())
                .key(item -> item)
                .partitions(PARTITIONS)
                .concurrency(PARTITIONS)
                .interval(Duration.ofMillis(10))
                .handler(batches::add)
                .build()) {
            Waiting.until(
                    "all are delivered",
                    Duration.ofMinutes(1),
                    () -> batcher.stats().handled() == 9);
        }
        List<Batch<String>> all = List.copyOf(batches);
        assertThat(all)
                .filteredOn(batch -> batch.id().equals(BATCHER + "-7"))
                .singleElement()
                .satisfies(batch -> assertThat(batch.attempt()).isEqualTo(3))
                .isEqualTo(List.of("", "a", "b"));
        assertThat(all)
                .filteredOn(batch -> batch.id().equals("f3/1"))
                .singleElement()
                .satisfies(batch -> assertThat(batch.attempt()).isEqualTo(2))
                .isEqualTo(List.of("a1", "b1"));
        assertThat(all.stream().flatMap(List::stream).sorted(Collections.reverseOrder()))
                .containsExactly(LONG + "1", LONG, "b1", "b", "alive", "a1", "a", "1", "");
    }
}
