/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what no future tells, such as the output of another process. */
final class Await {

    private Await() {}

    static void until(Duration atMost, Callable<Boolean> condition) {
        long start = System.nanoTime();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - start > atMost.toNanos()) {
                    throw new AssertionError("not within " + atMost);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
