/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherScheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The user's scheduler, and the process-wide one where there is none or it refuses: a tick must not be lost with a scheduler. */
final class Scheduling {

    private final @Nullable BatcherScheduler users;
    private final Log log;

    Scheduling(@Nullable BatcherScheduler users, Log log) {
        this.users = users;
        this.log = log;
    }

    /** Withdraws a task. Never throws; a task that is run all the same does no harm. */
    void cancel(@Nullable Future<?> handle) {
        if (handle != null) {
            try {
                handle.cancel(false);
            } catch (Throwable refused) {
                log.schedulerRefused(refused);
            }
        }
    }

    /** Schedules a task once. Never throws, never runs user code but the scheduler. */
    Future<?> schedule(Runnable task, Duration delay) {
        if (users != null) {
            try {
                return users.schedule(task, delay);
            } catch (Throwable refused) {
                log.schedulerRefused(refused);
            }
        }
        return SharedThreads.schedule(task, delay.toNanos());
    }
}
