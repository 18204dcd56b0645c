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
 * Keeps a timer set for the next moment at which something will be due, or for an earlier one: a timer that fires too early looks
 * and is set again.
 *
 * <p>What is wanted is written under the batcher's lock; the scheduler, which may be the user's, is called outside it. One thread at a
 * time compares what is wanted with what is set, and again if another moment was wanted meanwhile, so that a cancellation cannot
 * overtake the setting that came after it.
 *
 * <p>A scheduler may keep cancelled tasks until their time comes. So timers are cancelled only where none that was cancelled before
 * can be left, else they stay set and serve a later wish. An earlier moment gets a timer in front of those that are set. However many
 * batches there are, a scheduler holds one dead timer at most, and one live timer of each of the batcher's delays (interval, retry
 * delay, {@code handlerTimeout}). Virtual time forgets what is cancelled: there one timer at most is set, and none for an idle batcher.
 */
public final class FlushTimer {

    /** A timer of the user's scheduler that has not fired this long after its time is taken for lost. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A timer that was given to the scheduler. */
    private static final class Armed {
        private final long at;
        private final boolean users;
        private volatile boolean fired;
        private volatile @Nullable Future<?> handle;

        /** The next later one. Written by the thread that compares. */
        private volatile @Nullable Armed next;

        private Armed(long at, boolean users, @Nullable Armed next) {
            this.at = at;
            this.users = users;
            this.next = next;
        }
    }

    private final FallbackScheduler scheduling;
    private final BatcherClock clock;
    private final Runnable onTime;

    /** Looks after the user's scheduler by the process-wide timer; null where that timer or virtual time is the scheduler. */
    private final @Nullable FlushTimer guard;

    /** Wishes that no thread has looked at yet. */
    private final AtomicInteger requests = new AtomicInteger();

    private volatile @Nullable Long wanted;

    /** Whether what is set is not known to be what was wanted: a timer has fired, or could not be set. */
    private volatile boolean stale;

    /** Whether the batcher is closed. */
    private volatile boolean stopped;

    /** The first of the timers that are set, which is the earliest. Written by the thread that compares. */
    private volatile @Nullable Armed armed;

    /** When the last timer that was cancelled would have fired; null if none was. Written by the thread that compares. */
    private volatile @Nullable Long deadUntil;

    public FlushTimer(FallbackScheduler scheduling, BatcherClock clock, Runnable onTime) {
        this.scheduling = scheduling;
        this.clock = clock;
        this.onTime = onTime;
        this.guard =
                scheduling.needsGuard() ? new FlushTimer(scheduling.processWide(), clock, this::checkScheduler) : null;
    }

    /**
     * Says when the timer is wanted; null for not at all. Guarded by the batcher's lock.
     *
     * @param last whether the batcher is closed
     * @return whether {@link #reconcile} has something to do
     */
    public boolean want(@Nullable Long at, long now, boolean last) {
        Long before = wanted;
        wanted = at; // before the looks below: the thread that compares writes what they read, then reads this
        boolean ends = last && !stopped; // the guard may be set although no timer is
        stopped |= last;
        Armed first = armed;
        if (stale || ends || (at == null && first != null && mayCancel(first, now))) {
            return true;
        }
        // A wish after none is always looked at: the timer seen here may just be cancelled.
        boolean served = before != null && first != null && !first.fired && at != null && first.at - at <= 0;
        return !served && !Objects.equals(before, at);
    }

    /** Whether that leaves one dead timer at most. */
    private boolean mayCancel(Armed first, long now) {
        Long until = deadUntil;
        return scheduling.isExact() || stopped || (first.next == null && (until == null || now - until >= 0));
    }

    /** Sets what is wanted. Outside the lock. */
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
                stale = true; // so that the next wish, whatever it is, tries again
                requests.set(0);
                throw error;
            }
            seen = requests.addAndGet(-seen);
        } while (seen != 0);
    }

    private void rearm(@Nullable Long at) {
        long now = clock.nanoTime();
        forgetFired(scheduling.asksUsers());
        Armed first = armed;
        if (first != null && (at == null ? mayCancel(first, now) : scheduling.isExact() && !isArmedBy(at))) {
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

    /** Forgets the timers that have fired, and those of a scheduler that is not to be trusted any more. */
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

    /** Whether a timer is set that fires by then. */
    private boolean isArmedBy(long at) {
        Armed first = armed;
        return first != null && first.at - at <= 0;
    }

    private void arm(long at, long now) {
        Armed timer = new Armed(at, scheduling.asksUsers(), armed);
        timer.handle = scheduling.schedule(() -> fire(timer), Duration.ofNanos(Math.max(0, at - now)));
        armed = timer;
    }

    private void cancelAll() {
        for (Armed timer = armed; timer != null; timer = timer.next) {
            scheduling.cancel(timer.handle);
            deadUntil = timer.at; // the last one is the latest
        }
        armed = null;
    }

    private void fire(Armed timer) {
        if (!timer.fired) { // else the guard was first
            timer.fired = true;
            stale = true; // after "fired": the thread that clears it sees that
            onTime.run();
        }
    }

    /** Runs on the process-wide timer. A timer of the user's scheduler that is late counts as fired. */
    private void checkScheduler() {
        Armed first = armed;
        if (first != null && !first.fired && clock.nanoTime() - first.at >= LATE_NANOS) {
            scheduling.lost();
            fire(first);
        } else {
            stale = true; // the guard has to be set again
            onTime.run();
        }
    }
}
