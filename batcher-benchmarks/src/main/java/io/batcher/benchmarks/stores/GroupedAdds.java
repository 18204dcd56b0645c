/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Group commit by hand: calls of many threads wait for one thread, which stores what has come since in one transaction. */
final class GroupedAdds {

    /** The items of a call, and what it waits for. */
    static final class Call {
        final List<byte[]> items;
        private final Thread thread = Thread.currentThread();
        private volatile boolean done;
        private volatile boolean failed;

        private Call(List<byte[]> items) {
            this.items = items;
        }
    }

    private static final int MOST_ITEMS = 10_000;

    private List<Call> waiting = new ArrayList<>();

    /** Returns when the items are durable. */
    void add(List<byte[]> items) {
        Call call = new Call(items);
        synchronized (this) {
            waiting.add(call);
            if (waiting.size() == 1) {
                notifyAll();
            }
        }
        while (!call.done) {
            LockSupport.park(call);
        }
        if (call.failed) {
            throw new IllegalStateException("the items were not stored");
        }
    }

    /** Returns the calls of the next transaction, in order; none if none comes in time. */
    synchronized List<Call> next(long waitMillis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        for (long left = end - System.nanoTime(); waiting.isEmpty() && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        int calls = 0;
        for (int items = 0; calls < waiting.size(); calls++) {
            items += waiting.get(calls).items.size();
            if (calls > 0 && items > MOST_ITEMS) {
                break;
            }
        }
        List<Call> next = new ArrayList<>(waiting.subList(0, calls));
        waiting = new ArrayList<>(waiting.subList(calls, waiting.size()));
        return next;
    }

    /** Lets calls return. */
    static void complete(List<Call> calls, boolean stored) {
        for (Call call : calls) {
            call.failed = !stored;
            call.done = true;
            LockSupport.unpark(call.thread);
        }
    }
}
