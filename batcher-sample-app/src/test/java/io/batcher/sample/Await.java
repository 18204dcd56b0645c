/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.sample;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Polls for conditions without a future, such as the output of another process. */
final class Await {

    /** Long enough for a busy machine; if the condition holds, the wait is short. */
    private static final Duration AT_MOST = Duration.ofMinutes(2);

    private Await() {}

    static void until(Callable<Boolean> condition) {
        long start = System.nanoTime();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - start > AT_MOST.toNanos()) {
                    throw new AssertionError("not within " + AT_MOST);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }
}
