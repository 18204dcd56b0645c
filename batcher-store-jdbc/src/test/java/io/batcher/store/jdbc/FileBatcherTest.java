/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherStoreException;
import io.batcher.RetryPolicy;
import io.batcher.store.ItemCodec;
import io.batcher.store.fixtures.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batcher on a file, with real threads and time. */
@Timeout(120)
class FileBatcherTest {

    private static final int THREADS = 4;
    private static final int ITEMS = 2_000;

    @TempDir
    Path directory;

    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

    private BatcherBuilder<String> builder() {
        return Batcher.<String>builder("readings")
                .store(JdbcStore.file(directory.resolve("store")))
                .codec(ItemCodec.strings())
                .interval(Duration.ofMillis(50))
                .maxBatchSize(100);
    }

    private BatcherBuilder<String> keyed() {
        return builder().key(item -> item.charAt(0) + "").concurrency(3).partitions(8);
    }

    @Test
    void everyItemIsHandledOnceAndInTheOrderOfItsKey() throws Exception {
        try (Batcher<String> batcher = keyed().handler(handled::addAll).build()) {
            List<CompletableFuture<Void>> adders = IntStream.range(0, THREADS)
                    .mapToObj(thread -> CompletableFuture.runAsync(() -> add(batcher, thread)))
                    .toList();
            adders.forEach(CompletableFuture::join);
            batcher.flush().get(60, TimeUnit.SECONDS);
            assertThat(batcher.stats().handled()).isEqualTo(THREADS * ITEMS);
            assertThat(batcher.stats().accepted()).isEqualTo(THREADS * ITEMS);
            assertThat(batcher.stats().depth()).isZero();
        }
        assertThat(handled).hasSize(THREADS * ITEMS).doesNotHaveDuplicates();
        Map<Character, Integer> last = new HashMap<>();
        for (String item : List.copyOf(handled)) {
            int number = Integer.parseInt(item.substring(1));
            assertThat(number).isGreaterThan(last.getOrDefault(item.charAt(0), -1));
            last.put(item.charAt(0), number);
        }
    }

    private static void add(Batcher<String> batcher, int thread) {
        for (int i = 0; i < ITEMS; i++) {
            if (i % 10 == 0) {
                int first = i;
                batcher.addMany(IntStream.range(0, 10)
                        .mapToObj(more -> item(thread, first + more))
                        .toList());
                i += 9;
            } else {
                batcher.add(item(thread, i));
            }
        }
    }

    private static String item(int thread, int number) {
        return (char) ('a' + thread) + "" + number;
    }

    @Test
    void whatWasNotHandledIsHandledAfterARestart() {
        try (Batcher<String> batcher = keyed().handler(batch -> {
                    throw new IllegalStateException("down");
                })
                .build()) {
            add(batcher, 0);
            Waiting.until("an attempt has failed", () -> batcher.stats().failedAttempts() > 0);
            assertThat(batcher.stats().depth()).isEqualTo(ITEMS);
        }
        try (Batcher<String> batcher = keyed().handler(handled::addAll).build()) {
            assertThat(batcher.stats().accepted()).isEqualTo(ITEMS);
            Waiting.until("all are handled", () -> batcher.stats().handled() == ITEMS);
        }
        assertThat(handled)
                .isEqualTo(IntStream.range(0, ITEMS).mapToObj(i -> item(0, i)).toList());
    }

    @Test
    void aSubmittedItemCompletesItsFutureWhenItWasHandledOrGivenUp() throws Exception {
        RetryPolicy once = RetryPolicy.builder().maxAttempts(1).build();
        try (Batcher<String> batcher = builder()
                .retry(once)
                .eager(true)
                .handler(batch -> {
                    if (batch.contains("bad")) {
                        throw new IllegalArgumentException("bad item");
                    }
                })
                .build()) {
            batcher.submit("good").get(30, TimeUnit.SECONDS);
            CompletableFuture<Void> bad = batcher.submit("bad");
            assertThatThrownBy(() -> bad.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("bad item");
            assertThat(batcher.stats().deadLettered()).isEqualTo(1);
            assertThat(batcher.deadLetters().orElseThrow().count()).isEqualTo(1);
        }
    }

    @Test
    void aSecondBatcherOnTheFileIsRefused() {
        try (Batcher<String> batcher = builder().handler(batch -> {}).build()) {
            assertThatThrownBy(() -> builder().build()).isInstanceOf(BatcherStoreException.class);
            batcher.add("a");
        }
    }
}
