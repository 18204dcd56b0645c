/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.CloseResult;
import io.batcher.DeadLetter;
import io.batcher.store.fixtures.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One batcher under load: producers, an operator and a closer, each on threads of their own. */
final class ConservationRun {

    private static final int PRODUCERS = 8;
    private static final long PATIENCE_SECONDS = 60;

    private final Plan plan;
    private final int itemsEach;
    private final Ledger ledger;
    private final UnreliableHandler handler;
    private final Batcher<Item> batcher;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Producer> producers = new ArrayList<>();
    private final Queue<CompletableFuture<Void>> flushes = new ConcurrentLinkedQueue<>();
    private final CountDownLatch running = new CountDownLatch(PRODUCERS);

    ConservationRun(Plan plan, int itemsEach) {
        this.plan = plan;
        this.itemsEach = itemsEach;
        this.ledger = new Ledger(PRODUCERS + 1, plan.maxBatchSize(), plan.maxBatchWeight(), plan.isolates());
        this.handler = new UnreliableHandler(
                plan.seed(),
                plan.kind(),
                ledger,
                threads,
                plan.failureRate(),
                plan.handlerTimeoutNanos() == 0 ? null : plan.handlerTimeoutNanos(),
                plan.isolates() ? 997 : 0,
                () -> insider().callOnce(),
                this::hang);
        this.batcher = handler.installIn(plan.builder())
                .listener(ledger)
                .onError(failure -> {})
                .onDeadLetter(this::deadLetter)
                .onDrop(ledger::dropped)
                .executor(executor())
                .build();
        for (int i = 0; i <= PRODUCERS; i++) {
            producers.add(new Producer(
                    i, i < PRODUCERS ? itemsEach : itemsEach / 4, plan.seed(), batcher, ledger, Thread::yield));
        }
    }

    /** Hangs: the latch is never released. */
    private void hang() throws InterruptedException {
        assertThat(new CountDownLatch(1).await(2 * plan.handlerTimeoutNanos(), TimeUnit.NANOSECONDS))
                .isFalse();
    }

    /** The last producer adds from inside the handler. */
    private Producer insider() {
        return producers.get(PRODUCERS);
    }

    /** Rejects a task now and then. */
    private Executor executor() {
        return plan.seed() % 5 != 0
                ? threads
                : task -> {
                    if (ThreadLocalRandom.current().nextInt(100) == 0) {
                        throw new RejectedExecutionException("by chance");
                    }
                    threads.execute(task);
                };
    }

    /** Refuses a letter now and then. Close may end between the check and the refusal. */
    private void deadLetter(DeadLetter<Item> letter) {
        letter.items().forEach(item -> item.refusedIn = null);
        if (ThreadLocalRandom.current().nextInt(4) == 0 && batcher.stats().state() != BatcherState.CLOSED) {
            letter.items().forEach(item -> item.refusedIn = letter);
            throw new IllegalStateException("cannot take the letter now");
        }
        ledger.deadLetter(letter);
    }

    /** Returns the number of items. */
    int run() throws Exception {
        try {
            producers.subList(0, PRODUCERS).forEach(producer -> threads.execute(() -> produce(producer)));
            CompletableFuture<Void> operator = CompletableFuture.runAsync(this::operate, threads);
            switch (plan.ending()) {
                case SETTLE -> settle(operator);
                case CLOSE_MIDWAY -> {
                    awaitSomeItems();
                    ledger.handedBack(close(timeout()).undelivered());
                }
                case CLOSE_TWICE -> closeTwice();
                case CLOSE_AND_REPORT -> {
                    awaitSomeItems();
                    batcher.close();
                }
            }
            awaitProducers();
            operator.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            check();
            return producers.stream()
                    .mapToInt(producer -> producer.items().size())
                    .sum();
        } finally {
            threads.shutdownNow();
        }
    }

    private void produce(Producer producer) {
        try {
            producer.run();
        } catch (Throwable t) {
            ledger.breach("a producer met " + t);
        } finally {
            running.countDown();
        }
    }

    private void awaitProducers() throws InterruptedException {
        assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("producers hang, %s", batcher.stats())
                .isTrue();
    }

    /** Flushes, pauses and resumes at random while items flow, and at last resumes delivery. */
    private void operate() {
        SplittableRandom random = new SplittableRandom(~plan.seed());
        while (running.getCount() > 0) {
            switch (random.nextInt(6)) {
                case 0 -> flushes.add(batcher.flush());
                case 1 -> {
                    batcher.pause();
                    batcher.resume();
                }
                case 2 -> {
                    batcher.stopAutoFlush();
                    flushes.add(batcher.flush());
                    batcher.startAutoFlush();
                }
                case 3 -> flushes.add(batcher.drain());
                case 4 -> batcher.startAutoFlush();
                default -> producers.get(random.nextInt(PRODUCERS)).interrupt();
            }
            checkEquation(batcher.stats());
            awaitBriefly(flushes.isEmpty() ? CompletableFuture.completedFuture(null) : flushes.peek());
            flushes.removeIf(flush -> flush.isDone() && flush != flushes.peek());
        }
        batcher.startAutoFlush();
        batcher.resume();
    }

    /** Waits a little for the future, whatever its outcome. */
    private static void awaitBriefly(CompletableFuture<Void> future) {
        try {
            future.handle((value, failure) -> value).get(200, TimeUnit.MICROSECONDS);
        } catch (TimeoutException e) {
            // it may take longer
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkEquation(BatcherStats stats) {
        long settled = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack();
        if (stats.accepted() != settled + stats.depth()
                || stats.depth() < 0
                || stats.depth() > plan.capacity()
                || stats.inFlight() > stats.depth()) {
            ledger.breach("the snapshot contradicts itself: " + stats);
        }
    }

    private void settle(CompletableFuture<Void> operator) throws Exception {
        awaitProducers();
        operator.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        handler.heal();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (batcher.stats().depth() > 0) {
            batcher.flush().handle((value, failure) -> value).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(System.nanoTime())
                    .as("does not settle, %s", batcher.stats())
                    .isLessThan(deadline);
        }
        CloseResult<Item> result = batcher.close(Duration.ofSeconds(10));
        assertThat(result.undelivered()).isEmpty();
        assertThat(result.timedOut()).isFalse();
    }

    private void awaitSomeItems() {
        long some = (long) itemsEach * PRODUCERS * 3 / 4;
        while (running.getCount() == PRODUCERS && batcher.stats().accepted() < some) {
            awaitBriefly(new CompletableFuture<>());
        }
    }

    private Duration timeout() {
        return Duration.ofMillis(new int[] {0, 2, 10_000}[(int) (plan.seed() % 3)]);
    }

    private CloseResult<Item> close(Duration timeout) {
        CloseResult<Item> result = batcher.close(timeout);
        // A letter that the callback has at that moment stays with it, and counts until it returns.
        Waiting.until("nothing is left", () -> batcher.stats().depth() == 0);
        return result;
    }

    private void closeTwice() throws Exception {
        awaitSomeItems();
        CompletableFuture<CloseResult<Item>> other =
                CompletableFuture.supplyAsync(() -> batcher.close(Duration.ofSeconds(20)), threads);
        CloseResult<Item> mine = batcher.close(Duration.ofSeconds(20));
        List<Item> all = new ArrayList<>(mine.undelivered());
        all.addAll(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS).undelivered());
        assertThat(mine.timedOut()).isFalse();
        ledger.handedBack(all);
    }

    private void check() throws Exception {
        insider().stop();
        for (CompletableFuture<Void> flush : flushes) {
            flush.handle((value, failure) -> value).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(ledger.breaches()).isEmpty();
        BatcherStats stats = batcher.stats();
        Outcomes outcomes = Outcomes.of(producers.stream().map(Producer::items).toList());
        assertThat(outcomes.without()).as("items without an outcome, %s", stats).isEmpty();
        outcomes.assertEqual(stats);
        outcomes.assertFutures(PATIENCE_SECONDS);
    }
}
