/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import io.batcher.testing.VirtualTime;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a batcher keeps in memory: no settled item, and at most 2 KiB while it is idle. */
class HeapTest {

    private static final int CAPACITY = 20_000;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Set<Reference<?>> items = new HashSet<>();

    @BeforeAll
    static void quiet() {
        QuietLog.install();
    }

    private BatcherBuilder<Object> builder() {
        return time.applyTo(Batcher.<Object>builder("heap")).capacity(CAPACITY);
    }

    private Object item() {
        Object item = new Object();
        items.add(new WeakReference<>(item, collected));
        return item;
    }

    private void fill(Batcher<Object> batcher, int count) {
        for (int i = 0; i < count; i++) {
            switch (i % 3) {
                case 0 -> batcher.add(item());
                case 1 -> batcher.submit(item());
                default -> batcher.addMany(List.of(item()));
            }
        }
    }

    /** Waits for a bounded time until every item is garbage. */
    private void assertNothingRetained(Batcher<Object> batcher) throws InterruptedException {
        for (int i = 0; i < 50 && !items.isEmpty(); i++) {
            System.gc();
            Reference<?> reference = collected.remove(100);
            while (reference != null) {
                items.remove(reference);
                reference = collected.poll();
            }
        }
        assertThat(items).as("items that are retained").hasSize(0);
        Reference.reachabilityFence(batcher);
    }

    @Test
    void aHandledBatchIsGarbage() throws InterruptedException {
        Batcher<Object> batcher = builder().handler(batch -> {}).build();
        fill(batcher, 10);
        time.advance(SECOND);
        assertNothingRetained(batcher);
    }

    @Test
    void afterADrainOfAFullBufferNothingIsRetained() throws InterruptedException {
        Batcher<Object> batcher = builder().handler(batch -> {}).build();
        batcher.pause();
        fill(batcher, CAPACITY);
        assertThat(batcher.offer(new Object())).isFalse();
        batcher.resume();
        time.advance(SECOND);
        assertThat(batcher.stats().depth()).isZero();
        assertNothingRetained(batcher);
    }

    @Test
    void afterAnAsynchronousBatchNothingIsRetained() throws InterruptedException {
        Batcher<Object> batcher = builder()
                .asyncHandler(batch -> {
                    CompletableFuture<Void> stage = new CompletableFuture<>();
                    time.schedule(() -> stage.complete(null), Duration.ofMillis(1));
                    return stage;
                })
                .handlerTimeout(SECOND)
                .build();
        fill(batcher, 3_000);
        time.advance(SECOND);
        assertThat(batcher.stats().depth()).isZero();
        assertNothingRetained(batcher);
    }

    @Test
    void afterFailuresAndGivingUpNothingIsRetained() throws InterruptedException {
        Batcher<Object> batcher = builder()
                .handler(batch -> {
                    if (batch.size() > 1 && batch.attempt() == 1) {
                        throw new PartialBatchException(Map.of(1, new IllegalStateException("one")));
                    }
                    throw new IllegalStateException("all");
                })
                .retry(RetryPolicy.builder().maxAttempts(3).isolatePoison(false).build())
                .onError(failure -> {})
                .onDeadLetter(letter -> {})
                .build();
        fill(batcher, 2_500);
        time.advance(Duration.ofMinutes(1));
        assertThat(batcher.stats().depth()).isZero();
        assertNothingRetained(batcher);
    }

    @Test
    void droppedAndHandedBackItemsAreNotRetained() throws InterruptedException {
        Batcher<Object> batcher = builder()
                .handler(batch -> {
                    throw new IllegalStateException("never");
                })
                .overflow(Overflow.DROP_OLDEST)
                .onDrop(item -> {})
                .build();
        fill(batcher, CAPACITY + 5_000);
        assertThat(batcher.close(SECOND).undelivered()).hasSize(CAPACITY);
        assertNothingRetained(batcher);
    }

    /** The delivered part of a full chunk is garbage while the rest waits. */
    @Test
    void anItemThatWasHandledIsGarbageWhileLaterOnesWait() throws InterruptedException {
        Batcher<Object> batcher = builder().handler(batch -> {}).maxBatchSize(4).build();
        fill(batcher, 6);
        time.runReady();
        batcher.pause();
        assertThat(batcher.stats().depth()).isEqualTo(2);
        List<Reference<?>> first = new ArrayList<>(items);
        for (int i = 0; i < 50 && first.size() > 2; i++) {
            System.gc();
            first.removeIf(reference -> reference.get() == null);
        }
        assertThat(first).hasSize(2);
        batcher.close(SECOND);
    }

    @Test
    void anIdleBatcherIsSmall() {
        assertThat(bytesEach(batcher -> {})).as("bytes of a fresh batcher").isLessThanOrEqualTo(2_048);
    }

    @Test
    void aBatcherThatWasUsedIsSmallAgain() {
        long bytes = bytesEach(batcher -> {
            for (int i = 0; i < 100; i++) {
                batcher.submit(i);
            }
            time.advance(SECOND);
        });
        assertThat(bytes).as("bytes of a batcher that was used").isLessThanOrEqualTo(2_048);
    }

    /** Each heavy item is a batch of its own, behind a batch of many light ones that is kept. */
    @Test
    void aWaitingItemCostsLittleAfterAnyBatch() {
        int heavy = 60_000;
        List<Object> kept = new ArrayList<>();
        Batcher<Integer> batcher = time.applyTo(Batcher.<Integer>builder("heavy"))
                .handler(kept::add)
                .maxBatchWeight(1_000_000)
                .weigher(weight -> weight)
                .build();
        Integer one = 1;
        Integer million = 1_000_000;
        for (int i = 0; i < 1_000; i++) {
            batcher.add(one);
        }
        time.runReady();
        batcher.flush();
        time.runReady();
        batcher.pause();
        long before = usedBytes();
        for (int i = 0; i < heavy; i++) {
            batcher.add(million);
        }
        assertThat((usedBytes() - before) / heavy)
                .as("bytes of an item that waits")
                .isLessThanOrEqualTo(160);
        assertThat(batcher.stats().depth()).isEqualTo(heavy);
        assertThat(kept).hasSize(1);
        batcher.close(Duration.ZERO);
    }

    /** Each call drops as many items as it adds, and so moves where the next batch is full. */
    @Test
    void droppingTheOldestItemsOfALaneCostsNoMemory() {
        int capacity = 11_001;
        Integer item = 1;
        Batcher<Integer> batcher = time.applyTo(Batcher.<Integer>builder("evictions"))
                .key(each -> "hot")
                .concurrency(2)
                .capacity(capacity)
                .overflow(Overflow.DROP_OLDEST)
                .handler(batch -> {})
                .build();
        batcher.pause();
        for (int i = 0; i < capacity; i++) {
            batcher.add(item);
        }
        long before = usedBytes();
        for (int i = 0; i <= capacity / 2; i++) {
            batcher.addMany(List.of(item, item));
        }
        assertThat((usedBytes() - before) / capacity)
                .as("bytes more for each item")
                .isLessThanOrEqualTo(40);
        assertThat(batcher.stats().depth()).isEqualTo(capacity);
        batcher.close(Duration.ZERO);
    }

    /** The item and its key are not counted: they exist before. */
    @Test
    void aLiveKeyWithOneItemIsSmallAndAnIdleOneCostsNothing() {
        int keys = 50_000;
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            items.add(1_000 + i);
        }
        Batcher<Integer> batcher = time.applyTo(Batcher.<Integer>builder("keys"))
                .key(item -> item)
                .concurrency(8)
                .batchPerKey(true)
                .capacityPerKey(100)
                .handler(batch -> {})
                .build();
        long before = usedBytes();
        items.forEach(batcher::add);
        assertThat(batcher.stats().lanes()).isEqualTo(keys);
        long live = (usedBytes() - before) / keys;
        time.advance(SECOND);
        assertThat(batcher.stats().lanes()).isZero();
        long idle = (usedBytes() - before) / keys;
        assertThat(live).as("bytes of a live key").isLessThanOrEqualTo(512);
        assertThat(idle).as("bytes of an idle key").isLessThanOrEqualTo(16);
        assertThat(items).hasSize(keys);
        batcher.close();
    }

    private long bytesEach(Consumer<Batcher<Object>> use) {
        int count = 5_000;
        List<Batcher<Object>> batchers = new ArrayList<>(2 * count);
        make(batchers, 500, use); // the first ones load classes and create shared objects
        long before = usedBytes();
        make(batchers, count, use);
        long bytes = (usedBytes() - before) / count;
        assertThat(batchers).hasSize(count + 500);
        return bytes;
    }

    private void make(List<Batcher<Object>> batchers, int count, Consumer<Batcher<Object>> use) {
        for (int i = 0; i < count; i++) {
            Batcher<Object> batcher = builder().handler(batch -> {}).build();
            use.accept(batcher);
            batchers.add(batcher);
        }
    }

    /** Returns the least of several measurements: garbage and threads of other tests disturb a single one. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
