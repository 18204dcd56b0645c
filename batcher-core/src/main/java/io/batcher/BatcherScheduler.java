/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.concurrent.Future;

/**
 * Schedules the timers of a batcher: interval ticks, retry delays and handler timeouts. A batcher has at most one pending timer for each
 * of these delays, plus one that is cancelled.
 *
 * <p>Implementations must be thread-safe. Tasks are short, do not block and run no user code: they hand over to the process-wide pool. If
 * a timer has not fired 1 s after its time, the process-wide timer takes over for 1 min.
 */
@FunctionalInterface
public interface BatcherScheduler {

    /**
     * Runs a task once after a delay, on a thread of the scheduler.
     *
     * @return a handle whose {@code cancel(false)} cancels the task if it has not begun
     * @throws RuntimeException if the task cannot be scheduled; the batcher then uses the process-wide timer
     */
    Future<?> schedule(Runnable task, Duration delay);
}
