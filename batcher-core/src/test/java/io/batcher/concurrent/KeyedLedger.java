/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.concurrent;

import io.batcher.Batch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks the calls of a batcher with a key: order per key, never two calls with one key, at most so many at once, one outcome per item.
 * Thread-safe.
 */
final class KeyedLedger {

    /** What is known of a key. Used by one call at a time: that is checked. */
    private static final class KeyState {
        private final Map<Integer, Integer> lastDelivered = new HashMap<>();
        private final Set<KeyedItem> outstanding = new HashSet<>();
    }

    private final Queue<String> breaches = new ConcurrentLinkedQueue<>();
    private final Map<Integer, KeyState> keys = new ConcurrentHashMap<>();
    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger mostCalls = new AtomicInteger();
    private final int concurrency;
    private final boolean batchPerKey;

    KeyedLedger(int concurrency, boolean batchPerKey) {
        this.concurrency = concurrency;
        this.batchPerKey = batchPerKey;
    }

    List<String> breaches() {
        return breaches.stream().limit(20).toList();
    }

    /** Returns how many calls ran at once at most. */
    int mostCalls() {
        return mostCalls.get();
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

    /** A call begins. */
    void begin(Batch<KeyedItem> batch) {
        int now = calls.incrementAndGet();
        mostCalls.accumulateAndGet(now, Math::max);
        check(now <= concurrency, "too many calls at once", now);
        Set<Integer> distinct = keysOf(batch);
        check(!batchPerKey || distinct.size() + (hasKeyless(batch) ? 1 : 0) == 1, "more than one key", batch);
        check(!batchPerKey || Objects.equals(batch.key().orElse(null), batch.get(0).key), "wrong key", batch.key());
        for (Integer key : distinct) {
            check(busy.add(key), "two calls with one key", batch);
        }
        for (KeyedItem item : batch) {
            if (item.key != null) {
                begin(item, Objects.requireNonNull(keys.computeIfAbsent(item.key, any -> new KeyState())), batch);
            }
            check(item.outcome.get() == null, "delivered though settled", item);
        }
    }

    private void begin(KeyedItem item, KeyState key, Batch<KeyedItem> batch) {
        if (key.outstanding.contains(item)) {
            return;
        }
        check(batch.attempt() == 1, "a new item joins a retry", item);
        check(key.outstanding.isEmpty() || batch.containsAll(key.outstanding), "overtakes a failed item", item);
        Integer last = key.lastDelivered.put(item.producer, item.number);
        check(last == null || last < item.number, "wrong order", item);
    }

    /** A call ends. The items that it handled have their outcome; the others are attempted again, or given up. */
    void end(Batch<KeyedItem> batch, Collection<KeyedItem> handled) {
        for (KeyedItem item : batch) {
            boolean isHandled = handled.contains(item);
            if (item.key != null) {
                KeyState key = Objects.requireNonNull(keys.get(item.key));
                if (isHandled) {
                    key.outstanding.remove(item);
                } else {
                    key.outstanding.add(item);
                }
            }
            if (isHandled && item.outcome.get() != Item.Outcome.HANDED_BACK) { // else close has not waited for it
                settle(item, Item.Outcome.HANDLED);
            }
        }
        calls.decrementAndGet();
        busy.removeAll(keysOf(batch)); // last: another call with the keys may begin from here on
    }

    /** Called while no call has the key: an item that was given up is offered before its lane goes on. */
    void givenUp(KeyedItem item) {
        if (item.key != null) {
            Objects.requireNonNull(keys.get(item.key)).outstanding.remove(item);
        }
        settle(item, Item.Outcome.DEAD_LETTERED);
    }

    void settle(KeyedItem item, Item.Outcome outcome) {
        if (!item.outcome.compareAndSet(null, outcome)) {
            breach("a second outcome, " + outcome + ", for " + item);
        }
    }

    /** The result of close: in order per key. */
    void handedBack(List<KeyedItem> items) {
        Map<List<Object>, Integer> last = new HashMap<>();
        for (KeyedItem item : items) {
            if (item.key != null) {
                Integer before = last.put(List.of(item.producer, item.key), item.number);
                check(before == null || before < item.number, "handed back in wrong order", item);
            }
            settle(item, Item.Outcome.HANDED_BACK);
        }
    }

    private static Set<Integer> keysOf(Batch<KeyedItem> batch) {
        Set<Integer> distinct = new HashSet<>();
        for (KeyedItem item : batch) {
            if (item.key != null) {
                distinct.add(item.key);
            }
        }
        return distinct;
    }

    private static boolean hasKeyless(Batch<KeyedItem> batch) {
        return batch.stream().anyMatch(item -> item.key == null);
    }

    /** Returns the items without an outcome. */
    static List<KeyedItem> open(Collection<KeyedItem> items) {
        List<KeyedItem> open = new ArrayList<>();
        for (KeyedItem item : items) {
            if (item.outcome.get() == null) {
                open.add(item);
            }
        }
        return open;
    }
}
