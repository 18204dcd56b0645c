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
import io.batcher.BatcherFullException;
import io.batcher.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Races of calls that block for room, explored schedule by schedule. A call that is never released shows as a deadlock. */
@Tag("lincheck")
@Tag("soak")
class WaiterRacesTest {

    private static final BatcherBuilder<Integer> BLOCKING =
            Batcher.<Integer>builder("race").capacity(1).overflow(Overflow.BLOCK);

    private static final BatcherBuilder<Integer> TWO =
            Batcher.<Integer>builder("race").capacity(2).maxBatchSize(1).overflow(Overflow.BLOCK);

    /** A call blocks for room while a flush makes room: it is released, and its item is delivered. */
    @Test
    void waiterAgainstRelease() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(BLOCKING);
            batcher.add(1);
            race.run(() -> batcher.add(2), () -> batcher.flush());
            Race.settle(batcher.flush());
            check(race.delivered.equals(List.of(1, 2)), "delivered " + race.delivered);
        });
    }

    /** A call blocks for room while the batcher is closed: it is released, and its item is delivered or rejected. */
    @Test
    void waiterAgainstClose() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(BLOCKING);
            batcher.add(1);
            AtomicInteger refused = new AtomicInteger();
            List<Integer> all = new ArrayList<>();
            race.run(
                    () -> {
                        try {
                            batcher.add(2);
                        } catch (BatcherClosedException e) {
                            refused.incrementAndGet();
                        }
                    },
                    () -> all.addAll(batcher.close(Duration.ofSeconds(1)).undelivered()));
            all.addAll(race.delivered);
            check(all.size() + refused.get() == 2, all + " but refused " + refused);
        });
    }

    /** A blocked call is interrupted while room is made for it: its item is accepted, or the call throws; later adds work. */
    @Test
    void interruptOfAWaiter() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(BLOCKING);
            batcher.add(1);
            AtomicInteger refused = new AtomicInteger();
            Thread waiter = new Thread(() -> {
                try {
                    batcher.add(2);
                } catch (BatcherFullException e) {
                    refused.incrementAndGet();
                }
            });
            waiter.start();
            race.run(waiter::interrupt, () -> batcher.flush());
            Race.join(waiter);
            Race.settle(batcher.flush());
            check(race.delivered.size() + refused.get() == 2, race.delivered + " but refused " + refused);
            batcher.add(3);
            Race.settle(batcher.flush());
            check(race.hasDelivered(3), "the add after it is lost");
        });
    }

    /** Several calls block while batches make room, and another call may not block: each call that was not rejected is accepted. */
    @Test
    void severalWaiters() {
        runConcurrentTest(
                Race.SCHEDULES / 5,
                () -> { // each schedule takes five times as long as the others
                    Race race = new Race();
                    Batcher<Integer> batcher = race.batcher(TWO);
                    batcher.addMany(List.of(1, 2));
                    List<Boolean> offered = new ArrayList<>();
                    race.run(() -> batcher.add(3), () -> batcher.add(4), () -> offered.add(batcher.offer(5)));
                    Race.settle(batcher.flush());
                    int items = 4 + (offered.contains(true) ? 1 : 0);
                    check(race.delivered.size() == items, race.delivered + " and offered " + offered);
                    check(
                            batcher.stats().accepted() == items
                                    && batcher.stats().depth() == 0,
                            "they do not add up: " + batcher.stats());
                });
    }
}
