/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.concurrent.Future;

/**
 * Where the timers of a batcher (ticks, retry delays, handler timeouts) come from. A batcher has at most one tick and one
 * timeout pending, and none while it is idle.
 *
 * <p>Must be thread-safe. A task only hands over to the executor: it is short and never runs user code.
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
