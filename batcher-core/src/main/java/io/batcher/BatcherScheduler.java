/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.concurrent.Future;

/**
 * Where the timers of a batcher (ticks, retry delays, handler timeouts) come from. A batcher has at most one timer pending for each of
 * its delays, and one that is cancelled.
 *
 * <p>Must be thread-safe. A task is short, does not block and runs no user code: it hands over to the process-wide pool. A timer that
 * has not fired a second after its time is replaced by the process-wide timer, which then serves the batcher for a minute.
 */
@FunctionalInterface
public interface BatcherScheduler {

    /**
     * Runs a task once, after a delay, on a thread of the scheduler's own.
     *
     * @return a handle whose {@code cancel(false)} withdraws the task if it has not begun
     * @throws RuntimeException if the task cannot be scheduled; the batcher then uses the process-wide timer
     */
    Future<?> schedule(Runnable task, Duration delay);
}
