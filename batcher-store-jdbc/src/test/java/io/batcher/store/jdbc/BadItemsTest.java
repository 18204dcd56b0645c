/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.fixtures.CapturedLog;
import io.batcher.store.DeadLetters;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Items that cannot be written or read, a renamed type, another number of partitions. */
@Timeout(120)
class BadItemsTest {

    @TempDir
    Path directory;

    private final String prefix = Postgres.newPrefix();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    private BatcherBuilder<String> builder(StoreKind kind) {
        return Batcher.<String>builder("readings")
                .store(kind.open(directory, prefix))
                .codec(codec("reading-v1"))
                .interval(Duration.ofMillis(20))
                .onDeadLetter(letter -> {});
    }

    /** Writes what does not begin with "unwritable", and reads what does not begin with "unreadable". */
    private static ItemCodec<String> codec(String type) {
        return ItemCodec.of(
                type,
                item -> {
                    refuse(item, "unwritable");
                    return item.getBytes(StandardCharsets.UTF_8);
                },
                bytes -> {
                    String item = new String(bytes, StandardCharsets.UTF_8);
                    refuse(item, "unreadable");
                    return item;
                });
    }

    private static void refuse(String item, String what) {
        if (item.startsWith(what)) {
            throw new IllegalArgumentException("the codec refuses " + item);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheCodecDoesNotWriteIsToldToTheCallerAndNothingOfTheCallIsStored(StoreKind kind) throws Exception {
        try (Batcher<String> batcher = builder(kind).handler(handled::addAll).build()) {
            assertThatThrownBy(() -> batcher.addMany(List.of("a", "unwritable", "b")))
                    .hasMessage("the codec refuses unwritable");
            assertThat(batcher.submit("unwritable")).isCompletedExceptionally();
            assertThat(batcher.stats().depth()).isZero();
            batcher.submit("c").get(30, TimeUnit.SECONDS);
            assertThat(handled).containsExactly("c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheCodecDoesNotReadIsADeadLetterAndTheOthersAreDelivered(StoreKind kind) throws Exception {
        try (Batcher<String> batcher = builder(kind).handler(handled::addAll).build()) {
            batcher.addMany(List.of("a", "unreadable", "b"));
            batcher.flush().get(30, TimeUnit.SECONDS);
            assertThat(handled).containsExactly("a", "b");
            DeadLetters letters = batcher.deadLetters().orElseThrow();
            assertThat(letters.list(0, 10))
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(letter.errorType()).isEqualTo(IllegalArgumentException.class.getName()));
            assertThat(batcher.stats().deadLettered()).isEqualTo(1);
            assertThat(batcher.stats().depth()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itemsOfARenamedTypeWaitForACodecOfThatName(StoreKind kind) throws Exception {
        try (Batcher<String> before =
                builder(kind).handler(handled::addAll).autoFlush(false).build()) {
            before.addMany(List.of("a", "b"));
        }
        try (CapturedLog log = new CapturedLog();
                Batcher<String> renamed = builder(kind)
                        .codec(codec("measurement-v1"))
                        .handler(handled::addAll)
                        .build()) {
            Waiting.until("the partition is stopped", () -> renamed.stats().stoppedPartitions() == 1);
            renamed.add("c");
            assertThat(log.lines()).anyMatch(line -> line.contains("reading-v1"));
            assertThat(renamed.stats().depth()).isEqualTo(3);
            assertThat(renamed.deadLetters().orElseThrow().count()).isZero();
            assertThat(handled).isEmpty();
        }
        try (Batcher<String> again = builder(kind).handler(handled::addAll).build()) {
            Waiting.until("its items are handled", () -> again.stats().depth() == 1);
            assertThat(handled).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStoredNumberOfPartitionsIsKeptWhileItemsWait(StoreKind kind) throws Exception {
        List<String> items = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        try (Batcher<String> two =
                keyed(kind, 2).handler(handled::addAll).autoFlush(false).build()) {
            two.addMany(items);
        }
        try (CapturedLog log = new CapturedLog();
                Batcher<String> five = keyed(kind, 5).handler(handled::addAll).build()) {
            assertThat(log.lines()).anyMatch(line -> line.contains("keeps its 2 partitions instead of 5"));
            five.addMany(List.of("100", "101"));
            five.flush().get(30, TimeUnit.SECONDS);
            assertThat(five.stats().lanes()).isEqualTo(2);
        }
        assertThat(handled).hasSize(102).doesNotHaveDuplicates();
        for (int key = 0; key < 10; key++) {
            int one = key;
            assertThat(handled.stream()
                            .mapToInt(Integer::parseInt)
                            .filter(number -> number % 10 == one)
                            .toArray())
                    .as("items of key %d", key)
                    .isSorted();
        }
        try (Batcher<String> five = keyed(kind, 5).handler(handled::addAll).build()) {
            Waiting.until("it has five partitions", () -> five.stats().lanes() == 5);
        }
    }

    private BatcherBuilder<String> keyed(StoreKind kind, int partitions) {
        return builder(kind)
                .key(item -> Integer.parseInt(item) % 10)
                .partitions(partitions)
                .concurrency(2);
    }
}
