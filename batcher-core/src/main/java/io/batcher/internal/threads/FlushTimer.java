/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import io.batcher.BatcherClock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a timer armed for the next moment at which something is due, or for an earlier one: a timer that fires early is armed again.
 *
 * <p>The requested time is written under the batcher's lock. The scheduler may be the user's, so it is called outside the lock: one thread
 * at a time compares the requested time with the armed timers, and compares again if another time was requested meanwhile. So a
 * cancellation cannot overtake a later request.
 *
 * <p>A scheduler may keep a cancelled task until its time. So a timer is cancelled only if no earlier cancelled one can still be there;
 * otherwise it stays armed and serves a later request. An earlier time gets another timer in front of the armed ones. A scheduler holds at
 * most one cancelled timer of a batcher, and one armed timer for each of its delays (interval, retry delay, {@code handlerTimeout}).
 * Virtual time removes cancelled timers at once: at most one timer is armed there, and none for an idle batcher.
 */
public final class FlushTimer {

    /** After this time, a timer of the user's scheduler that has not fired counts as lost. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A timer that the scheduler has accepted. */
    private static final class Armed {
        private final long at;
        private final boolean users;
        private volatile boolean fired;
        private volatile @Nullable Future<?> handle;

        /** The next later timer. Written by the thread that compares. */
        private volatile @Nullable Armed next;

        private Armed(long at, boolean users, @Nullable Armed next) {
            this.at = at;
            this.users = users;
            this.next = next;
        }
    }

    private final FallbackScheduler scheduler;
    private final BatcherClock clock;
    private final Runnable onTime;

    /** Watches the user's scheduler with the process-wide timer; null if that timer or virtual time is the scheduler. */
    private final @Nullable FlushTimer guard;

    /** Requests that are not compared yet; above zero while a thread compares. */
    private final AtomicInteger requests = new AtomicInteger();

    private volatile @Nullable Long wanted;

    /** Whether the armed timers may not match the requested time: a timer has fired, or could not be armed. */
    private volatile boolean stale;

    /** Whether the batcher is closed. */
    private volatile boolean stopped;

    /** The earliest armed timer. Written by the thread that compares. */
    private volatile @Nullable Armed armed;

    /** When the last cancelled timer would have fired; null if none was cancelled. Written by the thread that compares. */
    private volatile @Nullable Long deadUntil;

    public FlushTimer(FallbackScheduler scheduler, BatcherClock clock, Runnable onTime) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.onTime = onTime;
        this.guard =
                scheduler.needsGuard() ? new FlushTimer(scheduler.processWide(), clock, this::checkScheduler) : null;
    }

    /**
     * Requests the timer. Guarded by the batcher's lock.
     *
     * @param at when it has to fire, in nanoseconds of the batcher's clock; null for never
     * @param last whether the batcher is closed
     * @return whether {@link #reconcile} has something to do
     */
    public boolean want(@Nullable Long at, long now, boolean last) {
        Long before = wanted;
        wanted = at; // before the reads below: the thread that compares writes what they read, then reads this
        boolean ends = last && !stopped; // the guard may be armed although no timer is
        stopped |= last;
        Armed first = armed;
        if (stale || ends || (at == null && first != null && mayCancel(first, now))) {
            return true;
        }
        // The first request after none is always compared: the timer seen here may be about to be cancelled.
        boolean served = before != null && first != null && !first.fired && at != null && first.at - at <= 0;
        return !served && !Objects.equals(before, at);
    }

    /** Returns whether a cancellation leaves at most one cancelled timer with the scheduler. */
    private boolean mayCancel(Armed first, long now) {
        Long until = deadUntil;
        return scheduler.isExact() || stopped || (first.next == null && (until == null || now - until >= 0));
    }

    /** Arms or cancels the timer to match the requested time. Called outside the lock. */
    public void reconcile() {
        if (requests.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                stale = false;
                rearm(wanted);
            } catch (Throwable error) {
                stale = true; // so that the next request tries again
                requests.set(0);
                throw error;
            }
            seen = requests.addAndGet(-seen);
        } while (seen != 0);
    }

    private void rearm(@Nullable Long at) {
        long now = clock.nanoTime();
        forgetFired(scheduler.asksUsers());
        Armed first = armed;
        if (first != null && (at == null ? mayCancel(first, now) : scheduler.isExact() && !isArmedBy(at))) {
            cancelAll();
        }
        if (at != null && !isArmedBy(at)) {
            arm(at, now);
        }
        if (guard != null) {
            Armed next = armed;
            Long latest = next != null && next.users ? (Long) (next.at + LATE_NANOS) : null;
            if (guard.want(latest, now, stopped)) {
                guard.reconcile();
            }
        }
    }

    /** Removes timers that have fired, and those of a scheduler that is no longer used. */
    private void forgetFired(boolean users) {
        Armed kept = null;
        for (Armed timer = armed; timer != null; timer = timer.next) {
            if (timer.fired || (timer.users && !users)) {
                if (kept == null) {
                    armed = timer.next;
                } else {
                    kept.next = timer.next;
                }
            } else {
                kept = timer;
            }
        }
    }

    /** Returns whether an armed timer fires at that time or earlier. */
    private boolean isArmedBy(long at) {
        Armed first = armed;
        return first != null && first.at - at <= 0;
    }

    private void arm(long at, long now) {
        Armed timer = new Armed(at, scheduler.asksUsers(), armed);
        timer.handle = scheduler.schedule(() -> fire(timer), Duration.ofNanos(Math.max(0, at - now)));
        armed = timer;
    }

    private void cancelAll() {
        for (Armed timer = armed; timer != null; timer = timer.next) {
            scheduler.cancel(timer.handle);
            deadUntil = timer.at; // the last one is the latest
        }
        armed = null;
    }

    private void fire(Armed timer) {
        if (!timer.fired) { // otherwise the guard was first
            timer.fired = true;
            stale = true; // after "fired", so that the thread that clears it sees that
            onTime.run();
        }
    }

    /** Runs on the process-wide timer. A late timer of the user's scheduler counts as fired. */
    private void checkScheduler() {
        Armed first = armed;
        if (first != null && !first.fired && clock.nanoTime() - first.at >= LATE_NANOS) {
            scheduler.lost();
            fire(first);
        } else {
            stale = true; // the guard has to be armed again
            onTime.run();
        }
    }
}
