/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherClosedException;
import io.batcher.BatcherListener;
import io.batcher.DeadLetter;
import io.batcher.PartialBatchException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Follows every item of a run through the batcher's listener and callbacks, and records each breach of a guarantee: two outcomes, a
 * needless delivery, a wrong order, overlapping attempts, a batch too large, a retry that new items joined.
 */
final class Ledger implements BatcherListener {

    /** How the handler announces that its attempt ends. */
    enum Ending {
        SUCCESS,
        FAILURE,
        /** The timeout may be faster. */
        EITHER
    }

    private final Queue<String> breaches = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final int maxBatchSize;
    private final long maxBatchWeight;
    private final boolean isolates;

    // Used on the threads that deliver, one after the other.

    private final int[] lastFirstDelivered;
    private final Map<String, Batch<?>> failed = new HashMap<>();
    private int outstanding;
    private @Nullable Ending expected;

    Ledger(int producers, int maxBatchSize, long maxBatchWeight, boolean isolates) {
        this.maxBatchSize = maxBatchSize;
        this.maxBatchWeight = maxBatchWeight;
        this.isolates = isolates;
        this.lastFirstDelivered = new int[producers];
        Arrays.fill(lastFirstDelivered, -1);
    }

    /** Returns the breaches recorded so far. */
    List<String> breaches() {
        return breaches.stream().limit(20).toList();
    }

    void breach(String what) {
        if (breaches.size() < 100) {
            breaches.add(what);
        }
    }

    private void check(boolean holds, String what, Object about) {
        if (!holds) {
            breach(what + ": " + about);
        }
    }

    /** The handler announces how its attempt will end. */
    void expect(Ending ending) {
        expected = ending;
    }

    void settle(Item item, Item.Outcome outcome) {
        if (item.isOutstanding() && outcome != Item.Outcome.HANDED_BACK) {
            outstanding--;
        }
        if (!item.outcome.compareAndSet(null, outcome)) {
            breach("a second outcome, " + outcome + ", for " + item);
        }
    }

    @Override
    public void onBatchStarted(String batcher, Batch<?> batch) {
        check(!busy.getAndSet(true), "began while another attempt runs", batch);
        check(!batch.isEmpty() && batch.size() <= maxBatchSize, "wrong size", batch.size());
        long weight = items(batch).stream().mapToLong(Item::weight).sum();
        check(batch.size() == 1 || weight <= maxBatchWeight, "too heavy", weight);
        Item first = (Item) batch.get(0);
        if (first.deliveries == 0) {
            startedNew(batch);
        } else {
            startedAgain(batch);
        }
        items(batch).forEach(item -> item.deliveries++);
        expected = null;
    }

    private void startedNew(Batch<?> batch) {
        check(outstanding == 0 || isolates && batch.size() == 1, "overtakes a failed batch", batch);
        check(batch.attempt() == 1, "wrong number of first attempt", batch.attempt());
        for (Item item : items(batch)) {
            check(item.deliveries == 0, "delivered again among new items", item);
            check(isOpen(item), "delivered though settled", item);
            check(item.payload == Item.payloadOf(item.producer, item.number), "stale field", item);
            check(item.number > lastFirstDelivered[item.producer], "wrong order", item);
            lastFirstDelivered[item.producer] = item.number;
        }
    }

    private void startedAgain(Batch<?> batch) {
        Batch<?> before = failed.remove(batch.id());
        if (before != null) {
            check(before.equals(batch), "same id, other items", before);
            check(before.attempt() + 1 == batch.attempt(), "wrong number of attempt", batch.attempt());
        }
        outstanding -= batch.size();
        Map<Integer, Integer> last = new HashMap<>();
        for (Item item : items(batch)) {
            check(item.deliveries == item.failures && isOpen(item), "delivered again without need", item);
            check(isolates || item.deliveries + 1 == batch.attempt(), "attempt miscounted", item);
            Integer previous = last.put(item.producer, item.number);
            check(previous == null || previous < item.number, "wrong order in a retry", item);
        }
    }

    /** Close may hand a batch back just when its attempt begins. */
    private static boolean isOpen(Item item) {
        Item.Outcome outcome = item.outcome.get();
        return outcome == null || outcome == Item.Outcome.HANDED_BACK;
    }

    @Override
    public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        check(busy.getAndSet(false), "ended without beginning", batch);
        check(expected != Ending.FAILURE, "a failure was counted as success", batch);
        items(batch).forEach(item -> settle(item, Item.Outcome.HANDLED));
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        Batch<?> batch = failure.batch();
        check(busy.getAndSet(false), "ended without beginning", batch);
        check(expected != Ending.SUCCESS, "a success was counted as failure", failure.cause());
        Set<Integer> named = named(failure.cause(), batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Item item = (Item) batch.get(i);
            if (named.isEmpty() || named.contains(i)) {
                item.failures++;
                outstanding++;
            } else {
                settle(item, Item.Outcome.HANDLED);
            }
        }
        failed.clear();
        if (named.isEmpty() && !isolates) {
            failed.put(batch.id(), batch);
        }
    }

    /** The indexes of the items that failed; empty for all. */
    private static Set<Integer> named(Throwable cause, int size) {
        Set<Integer> named = cause instanceof PartialBatchException partial
                ? partial.causesByIndex().keySet()
                : Set.of();
        return named.stream().allMatch(index -> index >= 0 && index < size) ? named : Set.of();
    }

    /** The dead-letter callback. */
    void deadLetter(DeadLetter<Item> letter) {
        boolean closed = letter.cause() instanceof BatcherClosedException;
        for (Item item : letter.items()) {
            check(closed || item.isOutstanding(), "given up without a failed attempt", item);
            item.deathCause = letter.cause();
            settle(item, closed ? Item.Outcome.HANDED_BACK : Item.Outcome.DEAD_LETTERED);
        }
    }

    /** The result of close. */
    void handedBack(List<Item> items) {
        Map<Integer, Integer> last = new HashMap<>();
        for (Item item : items) {
            Integer previous = last.put(item.producer, item.number);
            check(previous == null || previous < item.number, "handed back in wrong order", item);
            settle(item, Item.Outcome.HANDED_BACK);
        }
    }

    /** The drop callback. */
    void dropped(Item item) {
        check(item.deliveries == 0, "dropped after an attempt", item);
        settle(item, Item.Outcome.DROPPED);
    }

    @SuppressWarnings("unchecked")
    private static Collection<Item> items(Batch<?> batch) {
        return (Collection<Item>) batch;
    }
}
