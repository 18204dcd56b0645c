/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A batch per key for very many keys, whose calls fail at random: nothing is lost, keys keep their order, and none starves. */
class ManyKeysTest {

    private static final boolean SOAK = Boolean.getBoolean("batcher.soak");
    private static final int KEYS = SOAK ? 100_000 : 5_000;
    private static final int ITEMS = SOAK ? 1_000_000 : 50_000;
    private static final int PRODUCERS = 8;
    private static final int CONCURRENCY = 8;

    private final KeyedLedger ledger = new KeyedLedger(CONCURRENCY, true);

    private void handle(Batch<KeyedItem> batch) {
        ledger.begin(batch);
        boolean fails = ThreadLocalRandom.current().nextInt(20) == 0;
        ledger.end(batch, fails ? List.of() : batch);
        if (fails) {
            throw new IllegalStateException("by chance");
        }
    }

    @Test
    void nothingIsLostAndKeysKeepTheirOrder() throws Exception {
        QuietLog.install();
        ExecutorService threads = Executors.newCachedThreadPool();
        Batcher<KeyedItem> batcher = Batcher.<KeyedItem>builder("many-keys")
                .key(KeyedItem::key)
                .concurrency(CONCURRENCY)
                .batchPerKey(true)
                .interval(Duration.ofMillis(5))
                .capacity(200_000)
                .overflow(Overflow.BLOCK)
                .maxBlock(Duration.ofSeconds(30))
                .executor(threads)
                .retry(RetryPolicy.builder().delay(Duration.ofMillis(10)).build())
                .onError(failure -> {})
                .handler(this::handle)
                .build();
        List<List<KeyedItem>> added = new ArrayList<>();
        List<CompletableFuture<Void>> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            List<KeyedItem> mine = new ArrayList<>();
            added.add(mine);
            producers.add(CompletableFuture.runAsync(() -> produce(batcher, producer, mine), threads));
        }
        CompletableFuture.allOf(producers.toArray(CompletableFuture[]::new)).get(300, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (batcher.stats().depth() > 0) {
            assertThat(System.nanoTime()).as("%s", batcher.stats()).isLessThan(deadline);
            batcher.flush().handle((value, failure) -> value).get(60, TimeUnit.SECONDS);
        }
        assertThat(batcher.stats().handled()).isEqualTo(ITEMS);
        assertThat(batcher.stats().lanes()).isZero();
        batcher.close();
        threads.shutdown();
        assertThat(ledger.breaches()).isEmpty();
        added.forEach(mine -> assertThat(KeyedLedger.open(mine)).isEmpty());
    }

    private static void produce(Batcher<KeyedItem> batcher, int producer, List<KeyedItem> mine) {
        SplittableRandom random = new SplittableRandom(producer);
        for (int i = 0; i < ITEMS / PRODUCERS; i++) {
            int key = random.nextInt(3) == 0 ? random.nextInt(10) : random.nextInt(KEYS);
            KeyedItem item = new KeyedItem(producer, key, i);
            mine.add(item);
            batcher.add(item);
        }
    }

    /** A hot key always has a full batch; each of the others has one item and is served within one round. */
    @Test
    void noKeyStarvesBesideAHotOne() {
        VirtualTime time = new VirtualTime();
        List<Integer> served = new ArrayList<>();
        Batcher<KeyedItem> batcher = time.applyTo(Batcher.<KeyedItem>builder("hot"))
                .key(KeyedItem::key)
                .batchPerKey(true)
                .eager(true)
                .maxBatchSize(10)
                .capacity(4 * KEYS)
                .handler(batch -> served.add(batch.get(0).key))
                .build();
        batcher.pause();
        for (int i = 0; i < 2 * KEYS; i++) {
            batcher.add(new KeyedItem(0, 0, i));
        }
        for (int key = 1; key < KEYS; key++) {
            batcher.add(new KeyedItem(0, key, key));
        }
        batcher.resume();
        time.runReady();
        assertThat(served.subList(0, KEYS)).doesNotHaveDuplicates();
        assertThat(served).hasSize(KEYS - 1 + 2 * KEYS / 10);
        batcher.close();
    }
}
