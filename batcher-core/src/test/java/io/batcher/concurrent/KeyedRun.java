/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batch;
import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One batcher with a key under load: producers and an operator on threads of their own, a handler that fails at random. */
final class KeyedRun {

    private static final int PRODUCERS = 8;
    private static final long PATIENCE_SECONDS = 60;

    private final SplittableRandom random;
    private final int itemsEach;
    private final int keys;
    private final int concurrency;
    private final boolean batchPerKey;
    private final boolean async;
    private final boolean closesMidway;
    private final double failureRate;
    private final Overflow overflow;
    private final KeyedLedger ledger;
    private final Batcher<KeyedItem> batcher;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<List<KeyedItem>> items = new ArrayList<>();
    private final CountDownLatch running = new CountDownLatch(PRODUCERS);
    private volatile boolean healthy;

    KeyedRun(long seed, int itemsEach) {
        this.random = new SplittableRandom(seed);
        this.itemsEach = itemsEach;
        this.keys = new int[] {1, 3, 20, 500, 5_000}[random.nextInt(5)];
        this.concurrency = 1 + random.nextInt(8);
        this.batchPerKey = random.nextBoolean();
        this.async = random.nextBoolean();
        this.closesMidway = random.nextInt(3) == 0;
        this.failureRate = new double[] {0, 0.02, 0.2}[random.nextInt(3)];
        this.overflow = Overflow.values()[(int) Math.floorMod(seed, 4L)];
        this.ledger = new KeyedLedger(concurrency, batchPerKey);
        this.batcher = builder().build();
    }

    private BatcherBuilder<KeyedItem> builder() {
        int capacity = overflow == Overflow.REJECT ? 20_000 : 100 + random.nextInt(3_000);
        BatcherBuilder<KeyedItem> builder = Batcher.<KeyedItem>builder("keyed")
                .key(KeyedItem::key)
                .concurrency(concurrency)
                .batchPerKey(batchPerKey)
                .interval(Duration.ofMillis(1))
                .capacity(capacity)
                .maxBatchSize(Math.min(capacity, 1 + random.nextInt(100)))
                .eager(random.nextBoolean())
                .overflow(overflow)
                .maxBlock(Duration.ofSeconds(5))
                .executor(threads)
                .retry(RetryPolicy.builder()
                        .delay(Duration.ofMillis(1))
                        .maxAttempts(random.nextBoolean() ? 2 : RetryPolicy.UNLIMITED)
                        .build())
                .onError(failure -> {})
                .onDeadLetter(this::deadLetter)
                .onDrop(item -> ledger.settle(item, Item.Outcome.DROPPED));
        if (batchPerKey && random.nextBoolean()) {
            builder.capacityPerKey(Math.min(capacity, 200));
        }
        if (random.nextInt(4) == 0) {
            builder.maxBatchWeight(50).weigher(item -> item.number % 8);
        }
        return async ? builder.asyncHandler(this::handleAsync) : builder.handler(this::handle);
    }

    private void deadLetter(DeadLetter<KeyedItem> letter) {
        if (letter.cause() instanceof BatcherClosedException) {
            letter.items().forEach(item -> ledger.settle(item, Item.Outcome.HANDED_BACK));
        } else {
            letter.items().forEach(ledger::givenUp);
        }
    }

    // ---- the handler

    private void handle(Batch<KeyedItem> batch) throws Exception {
        ledger.begin(batch);
        if (ThreadLocalRandom.current().nextInt(4) == 0) {
            Thread.yield();
        }
        Exception failure = failure(batch);
        ledger.end(batch, handled(batch, failure));
        if (failure != null) {
            throw failure;
        }
    }

    private CompletionStage<?> handleAsync(Batch<KeyedItem> batch) {
        ledger.begin(batch);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        Runnable end = () -> {
            Exception failure = failure(batch);
            ledger.end(batch, handled(batch, failure));
            if (failure == null) {
                stage.complete(null);
            } else {
                stage.completeExceptionally(failure);
            }
        };
        if (ThreadLocalRandom.current().nextBoolean()) {
            threads.execute(end);
        } else {
            end.run();
        }
        return stage;
    }

    private @Nullable Exception failure(Batch<KeyedItem> batch) {
        if (healthy || ThreadLocalRandom.current().nextDouble() >= failureRate) {
            return null;
        }
        if (ThreadLocalRandom.current().nextBoolean()) {
            return new IllegalStateException("all");
        }
        Map<Integer, Throwable> causes = new HashMap<>();
        causes.put(ThreadLocalRandom.current().nextInt(batch.size()), new IllegalStateException("one"));
        causes.put(batch.size() - 1, new IllegalStateException("last"));
        return new PartialBatchException(causes);
    }

    private static Set<KeyedItem> handled(Batch<KeyedItem> batch, @Nullable Exception failure) {
        Set<KeyedItem> handled = new HashSet<>();
        for (int i = 0; i < batch.size(); i++) {
            if (failure == null
                    || (failure instanceof PartialBatchException partial
                            && !partial.causesByIndex().containsKey(i))) {
                handled.add(batch.get(i));
            }
        }
        return handled;
    }

    // ---- producers

    private void produce(int producer) {
        SplittableRandom mine;
        List<KeyedItem> added;
        synchronized (items) {
            mine = random.split();
            added = new ArrayList<>();
            items.add(added);
        }
        try {
            boolean open = true;
            while (open && added.size() < itemsEach) {
                open = call(producer, mine, added);
            }
        } catch (Throwable t) {
            ledger.breach("a producer met " + t);
        } finally {
            running.countDown();
        }
    }

    private boolean call(int producer, SplittableRandom mine, List<KeyedItem> added) {
        int from = added.size();
        try {
            switch (mine.nextInt(8)) {
                case 0 -> {
                    List<KeyedItem> many = new ArrayList<>();
                    int count = 1 + mine.nextInt(30);
                    for (int i = 0; i < count; i++) {
                        many.add(next(producer, mine, added));
                    }
                    batcher.addMany(many);
                }
                case 1 -> {
                    KeyedItem item = next(producer, mine, added);
                    if (!batcher.offer(item) && item.outcome.get() != Item.Outcome.DROPPED) {
                        ledger.settle(item, Item.Outcome.REJECTED);
                    }
                }
                default -> batcher.add(next(producer, mine, added));
            }
            if (mine.nextInt(200) == 0
                    && batcher.stats().depth() > batcher.stats().capacity() / 2) {
                Thread.yield();
            }
            return true;
        } catch (BatcherFullException e) {
            added.subList(from, added.size()).forEach(item -> ledger.settle(item, Item.Outcome.REJECTED));
            Thread.yield();
            return true;
        } catch (BatcherClosedException e) {
            added.subList(from, added.size()).forEach(item -> ledger.settle(item, Item.Outcome.TOO_LATE));
            return false;
        }
    }

    /** One key in three is hot, some items have none. */
    private KeyedItem next(int producer, SplittableRandom mine, List<KeyedItem> added) {
        int kind = mine.nextInt(10);
        Integer key = kind == 0 ? null : kind < 4 ? (Integer) 0 : (Integer) mine.nextInt(keys);
        KeyedItem item = new KeyedItem(producer, key, added.size());
        added.add(item);
        return item;
    }

    // ---- the run

    /** Returns how many calls ran at once at most. */
    int run() throws Exception {
        try {
            for (int i = 0; i < PRODUCERS; i++) {
                int producer = i;
                threads.execute(() -> produce(producer));
            }
            CompletableFuture<Void> operator = CompletableFuture.runAsync(this::operate, threads);
            if (closesMidway) {
                while (running.getCount() == PRODUCERS && batcher.stats().accepted() < itemsEach) {
                    Thread.yield();
                }
                ledger.handedBack(batcher.close(Duration.ofSeconds(20)).undelivered());
            }
            assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("producers hang, %s", batcher.stats())
                    .isTrue();
            operator.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            healthy = true;
            settle();
            check();
            return ledger.mostCalls();
        } finally {
            threads.shutdownNow();
        }
    }

    private void operate() {
        SplittableRandom mine = new SplittableRandom(1);
        while (running.getCount() > 0) {
            switch (mine.nextInt(5)) {
                case 0 -> batcher.flush();
                case 1 -> {
                    batcher.pause();
                    batcher.resume();
                }
                case 2 -> batcher.drain();
                default -> batcher.startAutoFlush();
            }
            checkEquation(batcher.stats());
            Thread.yield();
        }
        batcher.startAutoFlush();
        batcher.resume();
    }

    private void checkEquation(BatcherStats stats) {
        long settled = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack();
        if (stats.accepted() != settled + stats.depth()
                || stats.depth() < 0
                || stats.depth() > stats.capacity()
                || stats.inFlight() > stats.depth()) {
            ledger.breach("the snapshot contradicts itself: " + stats);
        }
    }

    private void settle() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (batcher.stats().depth() > 0) {
            batcher.flush().handle((value, failure) -> value).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(System.nanoTime())
                    .as("does not settle, %s", batcher.stats())
                    .isLessThan(deadline);
        }
        assertThat(batcher.close(Duration.ofSeconds(10)).undelivered()).isEmpty();
    }

    private void check() {
        assertThat(ledger.breaches()).isEmpty();
        BatcherStats stats = batcher.stats();
        checkEquation(stats);
        Map<Item.Outcome, Long> count = new HashMap<>();
        for (List<KeyedItem> added : items) {
            assertThat(KeyedLedger.open(added))
                    .as("items without an outcome, %s", stats)
                    .isEmpty();
            added.forEach(item -> count.merge(item.outcome.get(), 1L, Long::sum));
        }
        assertThat(count.getOrDefault(Item.Outcome.HANDLED, 0L)).isEqualTo(stats.handled());
        assertThat(count.getOrDefault(Item.Outcome.DEAD_LETTERED, 0L)).isEqualTo(stats.deadLettered());
        assertThat(count.getOrDefault(Item.Outcome.DROPPED, 0L)).isEqualTo(stats.dropped());
        assertThat(count.getOrDefault(Item.Outcome.HANDED_BACK, 0L)).isEqualTo(stats.handedBack());
        assertThat(count.getOrDefault(Item.Outcome.REJECTED, 0L)).isEqualTo(stats.rejected());
        assertThat(ledger.breaches()).isEmpty();
        assertThat(batchPerKey ? stats.lanes() : 0).as("lanes without items").isZero();
    }

    @Override
    public String toString() {
        return "KeyedRun[keys=" + keys + ", concurrency=" + concurrency + ", batchPerKey=" + batchPerKey + ", async="
                + async + ", closesMidway=" + closesMidway + ", failureRate=" + failureRate + ", overflow=" + overflow
                + ", " + batcher.stats() + "]";
    }
}
