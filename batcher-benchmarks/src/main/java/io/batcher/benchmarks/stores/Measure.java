/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Measures one contender in one round, and checks that each added item was stored, or handled exactly once. */
interface Measure {

    /** A bound of what is added to contenders that are slow. */
    long NO_BOUND = Long.MAX_VALUE;

    /** Returns items a second, or microseconds. */
    double run(StoreContender.Factory contender, long most) throws Exception;

    /** Items from the first add until the last was handled. */
    static Measure through(int threads, int itemsPerCall, long millis) {
        return (factory, most) -> {
            Handled handled = new Handled();
            try (StoreContender contender = factory.create(handled)) {
                contender.deliver();
                long begin = System.nanoTime();
                long added = new Adders(threads, itemsPerCall).run(contender, millis, most);
                long end = handled.await(added);
                check(contender, handled, added, 0);
                return perSecond(added, end - begin);
            }
        };
    }

    /** Items that are durable, while nothing is delivered. */
    static Measure adds(int threads, int itemsPerCall, long millis) {
        return (factory, most) -> {
            Handled handled = new Handled();
            try (StoreContender contender = factory.create(handled)) {
                long begin = System.nanoTime();
                long added = new Adders(threads, itemsPerCall).run(contender, millis, most);
                long end = System.nanoTime();
                check(contender, handled, 0, added);
                return perSecond(added, end - begin);
            }
        };
    }

    /** Items from the moment at which all of them are there until the last was handled. */
    static Measure drain(int items) {
        return (factory, most) -> {
            Handled handled = new Handled();
            int backlog = (int) Math.min(items, most);
            try (StoreContender contender = factory.create(handled)) {
                boolean isReady = contender.isReadyBeforeAdds();
                if (isReady) {
                    contender.deliver();
                }
                contender.addAll(Adders.items(backlog));
                long begin = System.nanoTime();
                if (!isReady) {
                    contender.deliver();
                }
                long end = handled.await(backlog);
                check(contender, handled, backlog, 0);
                return perSecond(backlog, end - begin);
            }
        };
    }

    /** The median time from an add of an idle contender to its handler, in microseconds. */
    static Measure latency(int items) {
        return (factory, most) -> {
            Handled handled = new Handled();
            double[] micros = new double[items];
            try (StoreContender contender = factory.create(handled)) {
                contender.deliver();
                for (int i = 0; i < items; i++) {
                    long begin = System.nanoTime();
                    contender.add(Adders.item(i));
                    micros[i] = (handled.await(i + 1) - begin) / 1e3;
                    TimeUnit.MILLISECONDS.sleep(2);
                }
                check(contender, handled, items, 0);
            }
            Arrays.sort(micros);
            return micros[items / 2];
        };
    }

    private static double perSecond(long items, long nanos) {
        return items * 1e9 / nanos;
    }

    private static void check(StoreContender contender, Handled handled, long wanted, long stored) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (contender.stored() != stored && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        if (handled.count() != wanted || contender.stored() != stored) {
            throw new IllegalStateException("handled " + handled.count() + " and stored " + contender.stored()
                    + " instead of " + wanted + " and " + stored);
        }
    }
}
