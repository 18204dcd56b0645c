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

/** What became of all items of a run, against what the batcher has counted. */
record Fates(List<Item> all, Map<Item.Fate, Long> counts) {

    /** Looks at the items after the batcher was closed and its threads are done. */
    static Fates of(Collection<List<Item>> items) {
        List<Item> all = items.stream().flatMap(List::stream).toList();
        Map<Item.Fate, Long> counts = new EnumMap<>(Item.Fate.class);
        for (Item.Fate fate : Item.Fate.values()) {
            counts.put(fate, 0L);
        }
        all.forEach(Fates::settleRefusedSubmit);
        all.stream().map(item -> item.fate.get()).forEach(fate -> {
            if (fate != null) {
                counts.merge(fate, 1L, Long::sum);
            }
        });
        return new Fates(all, counts);
    }

    /** A refused submit tells nobody but its future; were the item accepted, the counts would differ. */
    private static void settleRefusedSubmit(Item item) {
        if (item.fate.get() == null && item.future != null && item.future.isCompletedExceptionally()) {
            Throwable failure = failureOf(item);
            if (failure instanceof BatcherFullException) {
                item.fate.set(Item.Fate.REFUSED);
            } else if (failure instanceof BatcherClosedException) {
                item.fate.set(Item.Fate.TOO_LATE);
            }
        }
    }

    long accepted() {
        return count(Item.Fate.HANDLED)
                + count(Item.Fate.DEAD_LETTERED)
                + count(Item.Fate.DROPPED)
                + count(Item.Fate.HANDED_BACK);
    }

    long count(Item.Fate fate) {
        return counts.getOrDefault(fate, 0L);
    }

    /** Items of which nobody knows what became of them. */
    List<Item> without() {
        return all.stream().filter(item -> item.fate.get() == null).limit(10).toList();
    }

    /** The equation of the statistics holds, term by term. */
    void assertEqual(BatcherStats stats) {
        assertThat(stats.depth()).as("depth").isZero();
        assertThat(stats.inFlight()).as("in flight").isZero();
        assertThat(stats.accepted()).as("accepted, %s", counts).isEqualTo(accepted());
        assertThat(stats.handled()).as("handled").isEqualTo(count(Item.Fate.HANDLED));
        assertThat(stats.deadLettered()).as("dead-lettered").isEqualTo(count(Item.Fate.DEAD_LETTERED));
        assertThat(stats.dropped()).as("dropped").isEqualTo(count(Item.Fate.DROPPED));
        assertThat(stats.handedBack()).as("handed back").isEqualTo(count(Item.Fate.HANDED_BACK));
        assertThat(stats.rejected()).as("rejected").isEqualTo(count(Item.Fate.REFUSED));
    }

    /** Every submit was answered as its item fared. */
    void assertFutures(long patienceSeconds) throws Exception {
        for (Item item : all) {
            if (item.future != null) {
                item.future.handle((value, failure) -> value).get(patienceSeconds, TimeUnit.SECONDS);
                assertThat(agree(item.fate.get(), failureOf(item), item.deathCause))
                        .as("%s was answered %s", item, failureOf(item))
                        .isTrue();
            }
        }
    }

    private static boolean agree(
            Item.@Nullable Fate fate, @Nullable Throwable failure, @Nullable Throwable deathCause) {
        return fate != null
                && switch (fate) {
                    case HANDLED -> failure == null;
                    case DEAD_LETTERED -> failure == deathCause;
                    case DROPPED, REFUSED -> failure instanceof BatcherFullException;
                    case HANDED_BACK, TOO_LATE -> failure instanceof BatcherClosedException;
                };
    }

    private static @Nullable Throwable failureOf(Item item) {
        return item.future == null
                ? null
                : item.future.handle((value, failure) -> failure).join();
    }
}
