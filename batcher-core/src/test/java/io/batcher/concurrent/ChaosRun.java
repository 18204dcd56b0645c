/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.Batcher;
import io.batcher.BatcherState;
import io.batcher.BatcherStats;
import io.batcher.DeadLetter;
import io.batcher.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** One batcher under random calls and faults on virtual time. A seed reproduces its run. */
final class ChaosRun {

    private static final int PRODUCERS = 3;

    private final Plan plan;
    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final Ledger ledger;
    private final UnreliableHandler handler;
    private final Batcher<Item> batcher;
    private final List<Producer> producers = new ArrayList<>();
    private final List<CompletableFuture<Void>> flushes = new ArrayList<>();

    ChaosRun(Plan plan, int items) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed() + 7);
        this.ledger = new Ledger(PRODUCERS + 1, plan.maxBatchSize(), plan.maxBatchWeight(), plan.isolates());
        this.handler = new UnreliableHandler(
                plan.seed(),
                plan.kind(),
                ledger,
                task -> time.schedule(task, Duration.ofNanos(random.nextInt(3_000_000))),
                plan.failureRate(),
                plan.handlerTimeoutNanos() == 0 ? null : plan.handlerTimeoutNanos(),
                plan.isolates() ? 97 : 0,
                () -> producers.get(PRODUCERS).callOnce(),
                () -> time.advance(Duration.ofNanos(2 * plan.handlerTimeoutNanos())));
        this.batcher = time.applyTo(handler.installIn(plan.builder()))
                .listener(ledger)
                .onError(failure -> {})
                .onDeadLetter(this::deadLetter)
                .onDrop(ledger::dropped)
                .build();
        for (int i = 0; i <= PRODUCERS; i++) {
            producers.add(new Producer(i, items / PRODUCERS, plan.seed(), batcher, ledger, () -> {}));
        }
    }

    private void deadLetter(DeadLetter<Item> letter) {
        if (random.nextInt(4) == 0 && batcher.stats().state() != BatcherState.CLOSED) {
            throw new IllegalStateException("cannot take the letter now");
        }
        ledger.deadLetter(letter);
    }

    /** Returns the final statistics of the batcher. */
    BatcherStats run() throws Exception {
        boolean open = true;
        while (open) {
            open = step();
            Thread.interrupted(); // a handler may interrupt the thread that drives the time
            checkEquation();
        }
        batcher.startAutoFlush();
        batcher.resume();
        if (plan.ending() == Plan.Ending.SETTLE) {
            settle();
        } else if (plan.ending() == Plan.Ending.CLOSE_AND_REPORT) {
            batcher.close();
        } else {
            ledger.handedBack(batcher.close(Duration.ofMillis(plan.seed() % 50)).undelivered());
        }
        time.advance(Duration.ofMinutes(1)); // results that arrive now are too late
        Thread.interrupted();
        check();
        return batcher.stats();
    }

    /** Returns false once there are enough items. */
    private boolean step() {
        switch (random.nextInt(40)) {
            case 0 -> flushes.add(batcher.flush());
            case 1 -> flushes.add(batcher.drain());
            case 2, 3 -> batcher.startAutoFlush();
            case 4 -> batcher.stopAutoFlush();
            case 5 -> batcher.pause();
            case 6, 7 -> batcher.resume();
            case 8, 9, 10 -> time.runReady();
            case 11, 12, 13, 14, 15, 16 -> time.advance(Duration.ofNanos(random.nextInt(3_000_000)));
            default -> {
                return producers.get(random.nextInt(PRODUCERS)).callOnce();
            }
        }
        return true;
    }

    private void settle() {
        handler.heal();
        for (int i = 0; i < 10_000 && batcher.stats().depth() > 0; i++) {
            flushes.add(batcher.flush());
            time.advance(Duration.ofMillis(10));
        }
        assertThat(batcher.stats().depth())
                .as("does not settle, %s", batcher.stats())
                .isZero();
        assertThat(batcher.close(Duration.ofSeconds(1)).undelivered()).isEmpty();
    }

    private void checkEquation() {
        BatcherStats stats = batcher.stats();
        long settled = stats.handled() + stats.deadLettered() + stats.dropped() + stats.handedBack();
        assertThat(stats.accepted()).as("%s", stats).isEqualTo(settled + stats.depth());
        assertThat(stats.depth()).isBetween(0, plan.capacity());
    }

    private void check() throws Exception {
        assertThat(ledger.breaches()).isEmpty();
        assertThat(flushes).allMatch(CompletableFuture::isDone);
        Outcomes outcomes = Outcomes.of(producers.stream().map(Producer::items).toList());
        assertThat(outcomes.without())
                .as("items without an outcome, %s", batcher.stats())
                .isEmpty();
        outcomes.assertEqual(batcher.stats());
        outcomes.assertFutures(0);
        assertThat(time.pendingTimers()).as("timers of a closed batcher").isZero();
    }
}
