/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static io.batcher.concurrent.Race.check;
import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherClosedException;
import io.batcher.Overflow;
import io.batcher.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Races of a whole batcher, explored schedule by schedule. A call that is never released shows as a deadlock. */
@Tag("lincheck")
@Tag("soak")
class RacesTest {

    private static final BatcherBuilder<Integer> PLAIN = Batcher.<Integer>builder("race");
    private static final BatcherBuilder<Integer> TIMED = Batcher.<Integer>builder("race")
            .handlerTimeout(Duration.ofSeconds(1))
            .retry(RetryPolicy.builder().maxAttempts(1).build());
    private static final BatcherBuilder<Integer> DROPPING =
            Batcher.<Integer>builder("race").capacity(2).overflow(Overflow.DROP_OLDEST);

    /** Initialises logging outside Lincheck, which cannot follow it. */
    @BeforeAll
    static void warmUp() {
        QuietLog.install();
        try (Batcher<Integer> batcher = Batcher.<Integer>builder("race").build()) {
            batcher.pause();
            batcher.resume();
        }
    }

    /** An add races with close: its item is delivered, handed back or rejected, and never two of these. */
    @Test
    void closeAgainstAdd() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(PLAIN);
            batcher.add(1);
            AtomicReference<String> refused = new AtomicReference<>();
            List<Integer> handedBack = new ArrayList<>();
            race.run(
                    () -> {
                        try {
                            batcher.add(2);
                        } catch (BatcherClosedException e) {
                            refused.set("2");
                        }
                    },
                    () -> handedBack.addAll(batcher.close(Duration.ofSeconds(1)).undelivered()));
            List<Integer> all = new ArrayList<>(race.delivered);
            all.addAll(handedBack);
            check(all.equals(refused.get() == null ? List.of(1, 2) : List.of(1)), all + " but refused " + refused);
            Race.checkEquation(batcher.stats());
        });
    }

    /** A close with timeout zero races with a flush: its future completes; the item is delivered, handed back, or both if in flight. */
    @Test
    void closeAgainstFlush() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race(false);
            Batcher<Integer> batcher = race.batcher(PLAIN);
            batcher.add(1);
            List<Integer> handedBack = new ArrayList<>();
            race.run(
                    () -> Race.settle(batcher.flush()),
                    () -> handedBack.addAll(batcher.close(Duration.ZERO).undelivered()));
            check(race.delivered.size() + handedBack.size() >= 1, "lost");
            check(batcher.stats().handled() + batcher.stats().handedBack() == 1, "two outcomes: " + batcher.stats());
            Race.checkEquation(batcher.stats());
        });
    }

    /** Two flushes and an add race with the batches they cause: both flushes complete, and items added before one are delivered by then. */
    @Test
    void flushAgainstAdd() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(PLAIN);
            race.run(
                    () -> {
                        batcher.add(1);
                        Race.settle(batcher.flush());
                        check(race.hasDelivered(1), "settled too early");
                    },
                    () -> {
                        batcher.add(2);
                        Race.settle(batcher.flush());
                        check(race.hasDelivered(2), "settled too early");
                    });
            check(batcher.stats().handled() == 2, "not all delivered: " + batcher.stats());
        });
    }

    /** The handler flushes while another thread adds and flushes: every flush completes. */
    @Test
    void flushInHandler() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            AtomicReference<CompletableFuture<Void>> inner = new AtomicReference<>();
            AtomicReference<Batcher<Integer>> self = new AtomicReference<>();
            Batcher<Integer> batcher = race.batcher(PLAIN, batch -> {
                race.deliver(batch);
                inner.compareAndSet(null, self.get().flush());
            });
            self.set(batcher);
            batcher.add(1);
            race.run(() -> Race.settle(batcher.flush()), () -> {
                batcher.add(2);
                Race.settle(batcher.flush());
            });
            Race.settle(inner.get());
            check(race.hasDelivered(1) && race.hasDelivered(2), "not all delivered: " + race.delivered);
        });
    }

    /** A stage ends on another thread while the loop detaches from it: the batch is settled once, and the flush with it. */
    @Test
    void stageAgainstLeavingLoop() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.asyncBatcher(PLAIN, batch -> {
                CompletableFuture<Void> stage = new CompletableFuture<>();
                race.execute(() -> {
                    race.deliver(batch);
                    stage.complete(null);
                });
                return stage;
            });
            batcher.add(1);
            CompletableFuture<Void> flushed = batcher.flush();
            race.run(() -> Race.settle(flushed));
            check(race.delivered.equals(List.of(1)), "delivered " + race.delivered);
            check(batcher.stats().handled() == 1, batcher.stats().toString());
        });
    }

    /** The timeout of an asynchronous attempt races with the end of its stage: the attempt is settled once, as success or failure. */
    @Test
    void timeoutAgainstStage() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            CompletableFuture<Void> stage = new CompletableFuture<>();
            Batcher<Integer> batcher = race.asyncBatcher(TIMED, batch -> stage);
            batcher.add(1);
            CompletableFuture<Void> flushed = batcher.flush();
            race.awaitThreads();
            race.run(() -> stage.complete(null), race::fireTimers);
            Race.settle(flushed);
            check(
                    batcher.stats().handled() + batcher.stats().deadLettered() == 1,
                    batcher.stats().toString());
            Race.checkEquation(batcher.stats());
        });
    }

    /** An add evicts the oldest item while a flush takes it: the item is handled or dropped, never both, and never after an attempt. */
    @Test
    void dropOldestAgainstTheBatchInFlight() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(DROPPING);
            batcher.add(1);
            batcher.add(2);
            race.run(
                    () -> Race.settle(batcher.flush()),
                    () -> batcher.add(3),
                    () -> Race.checkEquation(batcher.stats()));
            Race.settle(batcher.flush());
            race.awaitThreads();
            List<Integer> all = new ArrayList<>(race.dropped);
            all.addAll(race.delivered);
            check(all.size() == 3, "dropped " + race.dropped + ", delivered " + race.delivered);
            Race.checkEquation(batcher.stats());
        });
    }

    /** Pause and resume race with an add and its flush: after the resume the flush completes. */
    @Test
    void pauseAndResumeAgainstFlush() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(PLAIN);
            race.run(
                    () -> {
                        batcher.pause();
                        batcher.resume();
                    },
                    () -> {
                        batcher.add(1);
                        Race.settle(batcher.flush());
                    });
            check(race.delivered.equals(List.of(1)), "delivered " + race.delivered);
        });
    }

    /** A batch that becomes full races with the loop that goes idle: a full batch is never left undelivered. */
    @Test
    void fullBatchAgainstLoopGoingIdle() {
        BatcherBuilder<Integer> options = Batcher.<Integer>builder("race").maxBatchSize(1);
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(options);
            race.run(() -> batcher.add(1), () -> batcher.add(2));
            check(batcher.stats().handled() == 2, "left lying: " + batcher.stats());
        });
    }
}
