/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherClock;
import io.batcher.BatcherScheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Schedules with the user's scheduler, and with the process-wide one if there is none, if it throws, and for 1 min after it has lost a
 * timer. Thread-safe.
 */
public final class FallbackScheduler {

    /** Receives failures of the user's scheduler, on the thread that detects them. */
    public interface Failures {
        /** Called when a timer has not fired in time. */
        void timerLost();

        /** Called when the scheduler has thrown. */
        void schedulerRefused(Throwable refusal);
    }

    /** How long a scheduler that has lost a timer is not used. */
    private static final long DISTRUST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final @Nullable BatcherScheduler users;
    private final BatcherScheduler processWide;
    private final BatcherClock clock;
    private final Failures failures;

    /** When the user's scheduler may be used again; null if it has lost no timer. */
    private volatile @Nullable Long distrustedUntil;

    public FallbackScheduler(
            @Nullable BatcherScheduler users, BatcherScheduler processWide, BatcherClock clock, Failures failures) {
        this.users = users;
        this.processWide = processWide;
        this.clock = clock;
        this.failures = failures;
    }

    /** Returns a scheduler that uses the process-wide one only. */
    FallbackScheduler processWide() {
        return new FallbackScheduler(null, processWide, clock, failures);
    }

    /** Returns whether the clock is the scheduler, as in tests: it loses no timer and removes a cancelled one at once. */
    boolean isExact() {
        return (Object) users == clock;
    }

    /** Returns whether timers may be lost. */
    boolean needsGuard() {
        return users != null && !isExact();
    }

    /** Returns whether the next timer goes to the user's scheduler. */
    boolean asksUsers() {
        Long until = distrustedUntil;
        return users != null && (until == null || clock.nanoTime() - until >= 0);
    }

    /** Called when the user's scheduler has not fired a timer. */
    void lost() {
        distrustedUntil = clock.nanoTime() + DISTRUST_NANOS;
        failures.timerLost();
    }

    /** Cancels a task. Never throws. A task that runs in spite of that does no harm. */
    void cancel(@Nullable Future<?> handle) {
        if (handle != null) {
            try {
                handle.cancel(false);
            } catch (Throwable refused) {
                failures.schedulerRefused(refused);
            }
        }
    }

    /** Schedules a task once. If the user's scheduler throws, the process-wide one is used. */
    Future<?> schedule(Runnable task, Duration delay) {
        if (users != null && asksUsers()) {
            try {
                return users.schedule(task, delay);
            } catch (Throwable refused) {
                failures.schedulerRefused(refused);
            }
        }
        return processWide.schedule(task, delay);
    }
}
