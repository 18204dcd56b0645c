/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.BatcherClosedException;
import io.batcher.BatcherFullException;
import io.batcher.BatcherStats;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The outcomes of all items of a run, compared with the counters of the batcher. */
record Outcomes(List<Item> all, Map<Item.Outcome, Long> counts) {

    /** Reads the items after the batcher was closed and its threads have ended. */
    static Outcomes of(Collection<List<Item>> items) {
        List<Item> all = items.stream().flatMap(List::stream).toList();
        Map<Item.Outcome, Long> counts = new EnumMap<>(Item.Outcome.class);
        for (Item.Outcome outcome : Item.Outcome.values()) {
            counts.put(outcome, 0L);
        }
        settleRefusedAtClose(all);
        all.forEach(Outcomes::settleRejectedSubmit);
        all.stream().map(item -> item.outcome.get()).forEach(outcome -> {
            if (outcome != null) {
                counts.merge(outcome, 1L, Long::sum);
            }
        });
        return new Outcomes(all, counts);
    }

    /** Only the future of a rejected submit reports it; if the item had been accepted, the counts would differ. */
    private static void settleRejectedSubmit(Item item) {
        if (item.outcome.get() == null && item.future != null && item.future.isCompletedExceptionally()) {
            Throwable failure = failureOf(item);
            if (failure instanceof BatcherFullException) {
                item.outcome.set(Item.Outcome.REJECTED);
            } else if (failure instanceof BatcherClosedException) {
                item.outcome.set(Item.Outcome.TOO_LATE);
            }
        }
    }

    /**
     * Close does not return the letter that the callback has at its end. If the callback throws then, the items are logged by count and count
     * as handed back. That is one letter at most: the callback is never offered two at once.
     */
    private static void settleRefusedAtClose(List<Item> all) {
        List<Item> refused = all.stream()
                .filter(item -> item.outcome.get() == null && item.refusedIn != null)
                .toList();
        if (refused.stream().map(item -> item.refusedIn).distinct().count() == 1) {
            refused.forEach(item -> item.outcome.set(Item.Outcome.HANDED_BACK));
        }
    }

    long accepted() {
        return count(Item.Outcome.HANDLED)
                + count(Item.Outcome.DEAD_LETTERED)
                + count(Item.Outcome.DROPPED)
                + count(Item.Outcome.HANDED_BACK);
    }

    long count(Item.Outcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    /** The items without an outcome. */
    List<Item> without() {
        return all.stream().filter(item -> item.outcome.get() == null).limit(10).toList();
    }

    /** Asserts each term of the equation of the statistics. */
    void assertEqual(BatcherStats stats) {
        assertThat(stats.depth()).as("depth").isZero();
        assertThat(stats.inFlight()).as("in flight").isZero();
        assertThat(stats.accepted()).as("accepted, %s", counts).isEqualTo(accepted());
        assertThat(stats.handled()).as("handled").isEqualTo(count(Item.Outcome.HANDLED));
        assertThat(stats.deadLettered()).as("dead-lettered").isEqualTo(count(Item.Outcome.DEAD_LETTERED));
        assertThat(stats.dropped()).as("dropped").isEqualTo(count(Item.Outcome.DROPPED));
        assertThat(stats.handedBack()).as("handed back").isEqualTo(count(Item.Outcome.HANDED_BACK));
        assertThat(stats.rejected()).as("rejected").isEqualTo(count(Item.Outcome.REJECTED));
    }

    /** Asserts that the future of each submit matches the outcome of its item. */
    void assertFutures(long patienceSeconds) throws Exception {
        for (Item item : all) {
            if (item.future != null) {
                item.future.handle((value, failure) -> value).get(patienceSeconds, TimeUnit.SECONDS);
                assertThat(agree(item.outcome.get(), failureOf(item), item.deathCause))
                        .as("%s was answered %s", item, failureOf(item))
                        .isTrue();
            }
        }
    }

    private static boolean agree(
            Item.@Nullable Outcome outcome, @Nullable Throwable failure, @Nullable Throwable deathCause) {
        return outcome != null
                && switch (outcome) {
                    case HANDLED -> failure == null;
                    case DEAD_LETTERED -> failure == deathCause;
                    case DROPPED, REJECTED -> failure instanceof BatcherFullException;
                    case HANDED_BACK, TOO_LATE -> failure instanceof BatcherClosedException;
                };
    }

    private static @Nullable Throwable failureOf(Item item) {
        return item.future == null
                ? null
                : item.future.handle((value, failure) -> failure).join();
    }
}
