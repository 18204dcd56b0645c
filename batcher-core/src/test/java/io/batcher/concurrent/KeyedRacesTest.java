/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static io.batcher.concurrent.Race.check;
import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.BatcherFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Races of items with a key, explored schedule by schedule. */
@Tag("lincheck")
@Tag("soak")
class KeyedRacesTest {

    // Built beforehand: Lincheck cannot follow the regular expression of the name

    private static final BatcherBuilder<Integer> BY_HASH = keyed(false, 2);
    private static final BatcherBuilder<Integer> PER_KEY = keyed(true, 2);
    private static final BatcherBuilder<Integer> FULL = keyed(false, 4);

    /** Odd and even numbers have different keys. */
    private static BatcherBuilder<Integer> keyed(boolean batchPerKey, int maxBatchSize) {
        return Batcher.<Integer>builder("race")
                .key(item -> item % 2)
                .concurrency(2)
                .batchPerKey(batchPerKey)
                .capacity(4)
                .maxBatchSize(maxBatchSize);
    }

    @BeforeAll
    static void warmUp() {
        QuietLog.install();
    }

    /** Two threads make the lane of one key at once, and one makes another: each item is delivered once, in the order of its thread. */
    @Test
    void firstItemsOfLanes() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(BY_HASH);
            race.run(
                    () -> {
                        batcher.add(1);
                        batcher.add(3);
                    },
                    () -> batcher.add(2));
            Race.settle(batcher.flush());
            List<Integer> odd = new ArrayList<>(race.delivered);
            odd.removeIf(item -> item % 2 == 0);
            check(odd.equals(List.of(1, 3)) && race.hasDelivered(2), "delivered " + race.delivered);
            Race.checkEquation(batcher.stats());
        });
    }

    /** The lane of a key is removed with its last item while another item comes: both are delivered, in order. */
    @Test
    void anItemForALaneThatBecomesEmpty() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(PER_KEY);
            batcher.add(1);
            race.run(() -> Race.settle(batcher.flush()), () -> batcher.add(3));
            Race.settle(batcher.flush());
            check(race.delivered.equals(List.of(1, 3)), "delivered " + race.delivered);
            check(batcher.stats().lanes() == 0, batcher.stats().toString());
        });
    }

    /** Adds claim slots that their lanes have reserved while a full buffer takes those back: never above the capacity, none refused in vain. */
    @Test
    void slotsTakenBackAgainstClaims() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(FULL);
            batcher.pause();
            batcher.add(1);
            race.run(() -> batcher.add(3), () -> batcher.addMany(List.of(2, 4)));
            check(batcher.stats().depth() == 4, batcher.stats().toString());
            try {
                batcher.add(5);
                check(false, "above the capacity");
            } catch (BatcherFullException e) {
                Race.checkEquation(batcher.stats());
            }
        });
    }

    /** A flush over two lanes races with an add to one of them: what was added before is settled when it completes. */
    @Test
    void flushAgainstAddInAnotherLane() {
        runConcurrentTest(Race.SCHEDULES, () -> {
            Race race = new Race();
            Batcher<Integer> batcher = race.batcher(BY_HASH);
            batcher.add(1);
            batcher.add(2);
            CompletableFuture<Void> first = batcher.flush();
            race.run(() -> Race.settle(first), () -> batcher.add(4));
            check(race.hasDelivered(1) && race.hasDelivered(2), "settled too early: " + race.delivered);
            Race.settle(batcher.flush());
            check(batcher.stats().handled() == 3, batcher.stats().toString());
        });
    }
}
