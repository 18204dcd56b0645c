/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.store.jdbc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes do. */
final class Waiting {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Waiting() {}

    static void until(String what, BooleanSupplier condition) {
        until(what, BOUND, condition);
    }

    static void until(String what, Duration bound, BooleanSupplier condition) {
        long end = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + bound + ": " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
