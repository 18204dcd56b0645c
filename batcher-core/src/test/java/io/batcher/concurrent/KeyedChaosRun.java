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
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import io.batcher.Overflow;
import io.batcher.PartialBatchException;
import io.batcher.RetryAfterException;
import io.batcher.RetryPolicy;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One batcher with a key on virtual time: a seed decides every call, every outcome and every delay. */
final class KeyedChaosRun {

    private static final int CALLS_PER_MILLI = 5;

    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final int items;
    private final int keys;
    private final boolean batchPerKey;
    private final boolean async;
    private final boolean isBoundPerKey;
    private final int capacity;
    private final Overflow overflow;
    private final KeyedLedger ledger;
    private final Batcher<KeyedItem> batcher;
    private final List<KeyedItem> added = new ArrayList<>();
    private final List<CompletableFuture<Void>> flushes = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private final boolean isPaced;
    private boolean healthy;

    KeyedChaosRun(long seed, int items) {
        this.random = new SplittableRandom(seed);
        this.items = items;
        this.keys = new int[] {1, 2, 10, 200}[random.nextInt(4)];
        this.batchPerKey = random.nextBoolean();
        this.async = random.nextBoolean();
        this.isBoundPerKey = batchPerKey && random.nextBoolean();
        this.capacity = 20 + random.nextInt(500);
        this.overflow = Overflow.values()[random.nextInt(4)];
        int concurrency = 1 + random.nextInt(6);
        this.ledger = new KeyedLedger(concurrency, batchPerKey);
        BatcherBuilder<KeyedItem> builder = time.applyTo(Batcher.<KeyedItem>builder("chaos"))
                .key(KeyedItem::key)
                .concurrency(concurrency)
                .batchPerKey(batchPerKey)
                .interval(Duration.ofMillis(1))
                .capacity(capacity)
                .maxBatchSize(1 + random.nextInt(20))
                .eager(random.nextInt(4) == 0)
                .overflow(overflow)
                .maxBlock(Duration.ofMillis(random.nextInt(10)))
                .retry(RetryPolicy.builder()
                        .delay(Duration.ofMillis(1))
                        .maxAttempts(random.nextBoolean() ? 2 : RetryPolicy.UNLIMITED)
                        .build())
                .onError(failure -> {})
                .onDeadLetter(this::deadLetter)
                .onDrop(item -> ledger.settle(item, Item.Outcome.DROPPED));
        if (isBoundPerKey) {
            builder.capacityPerKey(20);
        }
        this.isPaced = random.nextInt(4) == 0;
        if (isPaced) {
            builder.pace(CALLS_PER_MILLI, Duration.ofMillis(1));
        }
        if (random.nextInt(4) == 0) {
            builder.maxBatchWeight(30).weigher(item -> item.number % 8);
        }
        this.batcher = async
                ? builder.asyncHandler(this::handleAsync).build()
                : builder.handler(this::handle).build();
    }

    // ---- the handler

    private void begin(Batch<KeyedItem> batch) {
        starts.add(time.nanoTime());
        ledger.begin(batch);
    }

    private void handle(Batch<KeyedItem> batch) throws Exception {
        begin(batch);
        Exception failure = failure(batch);
        ledger.end(batch, handled(batch, failure));
        if (failure != null) {
            throw failure;
        }
    }

    private CompletionStage<?> handleAsync(Batch<KeyedItem> batch) {
        begin(batch);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        time.schedule(
                () -> {
                    Exception failure = failure(batch);
                    ledger.end(batch, handled(batch, failure));
                    if (failure == null) {
                        stage.complete(null);
                    } else {
                        stage.completeExceptionally(failure);
                    }
                },
                Duration.ofNanos(random.nextInt(2_000_000)));
        return stage;
    }

    private @Nullable Exception failure(Batch<KeyedItem> batch) {
        int kind = healthy ? 9 : random.nextInt(10);
        return switch (kind) {
            case 0 -> new IllegalStateException("all");
            case 1 -> new PartialBatchException(Map.of(random.nextInt(batch.size()), new IllegalStateException("one")));
            case 2 -> random.nextInt(4) == 0 ? new RetryAfterException(Duration.ofMillis(3)) : null;
            default -> null;
        };
    }

    private static List<KeyedItem> handled(Batch<KeyedItem> batch, @Nullable Exception failure) {
        if (failure == null) {
            return batch;
        }
        Set<Integer> named = failure instanceof PartialBatchException partial
                ? partial.causesByIndex().keySet()
                : Set.of();
        List<KeyedItem> handled = new ArrayList<>();
        for (int i = 0; i < batch.size() && !named.isEmpty(); i++) {
            if (!named.contains(i)) {
                handled.add(batch.get(i));
            }
        }
        return handled;
    }

    private void deadLetter(DeadLetter<KeyedItem> letter) {
        if (letter.cause() instanceof BatcherClosedException) {
            letter.items().forEach(item -> ledger.settle(item, Item.Outcome.HANDED_BACK));
            return;
        }
        if (random.nextInt(4) == 0 && batcher.stats().state() != BatcherState.CLOSED) {
            throw new IllegalStateException("cannot take the letter now");
        }
        letter.items().forEach(ledger::givenUp);
    }

    // ---- the run

    /** Returns the final statistics. */
    BatcherStats run() {
        while (added.size() < items) {
            step();
            checkEquation();
        }
        batcher.startAutoFlush();
        batcher.resume();
        healthy = true;
        if (random.nextBoolean()) {
            for (int i = 0; i < 1_000 && batcher.stats().depth() > 0; i++) {
                flushes.add(batcher.flush());
                time.advance(Duration.ofMillis(20));
            }
            assertThat(batcher.stats().depth())
                    .as("does not settle, %s", batcher.stats())
                    .isZero();
        }
        List<KeyedItem> undelivered = batcher.close(Duration.ofMillis(200)).undelivered();
        ledger.handedBack(undelivered);
        time.advance(Duration.ofSeconds(1));
        check();
        return batcher.stats();
    }

    private void step() {
        switch (random.nextInt(30)) {
            case 0 -> flushed(batcher.flush());
            case 1 -> flushed(batcher.drain());
            case 2, 3 -> batcher.startAutoFlush();
            case 4 -> batcher.stopAutoFlush();
            case 5 -> batcher.pause();
            case 6, 7 -> batcher.resume();
            case 8, 9, 10 -> time.runReady();
            case 11, 12, 13, 14, 15 -> time.advance(Duration.ofNanos(random.nextInt(3_000_000)));
            case 16 -> call(1 + random.nextInt(20), true);
            default -> call(1, false);
        }
    }

    /** A flush that succeeds has settled everything before it. What is dropped is reported only after the call that drops it. */
    private void flushed(CompletableFuture<Void> flush) {
        flushes.add(flush);
        if (overflow != Overflow.DROP_OLDEST) {
            List<KeyedItem> before = KeyedLedger.open(added);
            flush.thenRun(
                    () -> KeyedLedger.open(before).forEach(item -> ledger.breach("not settled by a flush: " + item)));
        }
    }

    private void call(int count, boolean many) {
        List<KeyedItem> call = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(10);
            Integer key = kind == 0 ? null : kind < 4 ? (Integer) 0 : (Integer) random.nextInt(keys);
            call.add(new KeyedItem(0, key, added.size() + i));
        }
        added.addAll(call);
        BatcherStats before = batcher.stats();
        try {
            if (many) {
                batcher.addMany(call);
            } else {
                batcher.add(call.get(0));
            }
        } catch (BatcherFullException e) {
            boolean mayWait = overflow == Overflow.BLOCK; // then others may have changed the depth
            if (!isBoundPerKey && !mayWait && before.depth() + count <= capacity) {
                ledger.breach("refused with room for it: " + before + " and " + count);
            }
            call.forEach(item -> ledger.settle(item, Item.Outcome.REJECTED));
        }
    }

    private void checkEquation() {
        BatcherStats stats = batcher.stats();
        long settled = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack();
        assertThat(stats.accepted()).as("%s", stats).isEqualTo(settled + stats.depth());
        assertThat(stats.depth()).isBetween(0, capacity);
    }

    /** No window holds more starts than the pace allows, wherever it begins. */
    private void checkPace() {
        for (int i = CALLS_PER_MILLI; isPaced && i < starts.size(); i++) {
            assertThat(starts.get(i) - starts.get(i - CALLS_PER_MILLI))
                    .as("time of %s starts", CALLS_PER_MILLI + 1)
                    .isGreaterThanOrEqualTo(1_000_000);
        }
    }

    private void check() {
        checkPace();
        assertThat(ledger.breaches()).isEmpty();
        checkEquation();
        assertThat(flushes).allMatch(CompletableFuture::isDone);
        BatcherStats stats = batcher.stats();
        assertThat(KeyedLedger.open(added))
                .as("items without an outcome, %s", stats)
                .isEmpty();
        assertThat(count(Item.Outcome.HANDLED)).isEqualTo(stats.handled());
        assertThat(count(Item.Outcome.DEAD_LETTERED)).isEqualTo(stats.deadLettered());
        assertThat(count(Item.Outcome.DROPPED)).isEqualTo(stats.dropped());
        assertThat(count(Item.Outcome.HANDED_BACK)).isEqualTo(stats.handedBack());
        assertThat(count(Item.Outcome.REJECTED)).isEqualTo(stats.rejected());
        assertThat(time.pendingTimers()).as("timers of a closed batcher").isZero();
        assertThat(batchPerKey ? stats.lanes() : 0).as("lanes without items").isZero();
    }

    private long count(Item.Outcome outcome) {
        return added.stream().filter(item -> item.outcome.get() == outcome).count();
    }
}
