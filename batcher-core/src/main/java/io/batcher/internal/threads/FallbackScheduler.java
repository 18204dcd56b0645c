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
 * The user's scheduler, and the process-wide one where there is none, where it refuses, and for a while after it has lost a timer: a
 * tick must not be lost with a scheduler.
 */
public final class FallbackScheduler {

    /** Told of the failures of the user's scheduler, on the thread that met them. */
    public interface Failures {
        /** A timer has not fired in time. */
        void timerLost();

        /** The scheduler has thrown. */
        void schedulerRefused(Throwable refusal);
    }

    /** How long a scheduler that has lost a timer is not asked. */
    private static final long DISTRUST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final @Nullable BatcherScheduler users;
    private final BatcherScheduler processWide;
    private final BatcherClock clock;
    private final Failures failures;

    /** When the user's scheduler may be asked again; null if it has lost no timer. */
    private volatile @Nullable Long distrustedUntil;

    public FallbackScheduler(
            @Nullable BatcherScheduler users, BatcherScheduler processWide, BatcherClock clock, Failures failures) {
        this.users = users;
        this.processWide = processWide;
        this.clock = clock;
        this.failures = failures;
    }

    /** The process-wide scheduler alone. */
    FallbackScheduler processWide() {
        return new FallbackScheduler(null, processWide, clock, failures);
    }

    /** Whether time itself is the scheduler, as in tests: it loses nothing, and forgets a timer that is cancelled. */
    boolean isExact() {
        return (Object) users == clock;
    }

    /** Whether timers may be lost. */
    boolean needsGuard() {
        return users != null && !isExact();
    }

    /** Whether the next timer is the user's scheduler's. */
    boolean asksUsers() {
        Long until = distrustedUntil;
        return users != null && (until == null || clock.nanoTime() - until >= 0);
    }

    /** The user's scheduler has not fired a timer. */
    void lost() {
        distrustedUntil = clock.nanoTime() + DISTRUST_NANOS;
        failures.timerLost();
    }

    /** Withdraws a task. Never throws; a task that is run all the same does no harm. */
    void cancel(@Nullable Future<?> handle) {
        if (handle != null) {
            try {
                handle.cancel(false);
            } catch (Throwable refused) {
                failures.schedulerRefused(refused);
            }
        }
    }

    /** Schedules a task once. Never throws what the user's scheduler throws, never runs user code but that scheduler. */
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
