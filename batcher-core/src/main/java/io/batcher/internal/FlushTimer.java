/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps at most one timer set, for the next moment at which something will be due.
 *
 * <p>What is wanted is written under the batcher's lock; the scheduler, which may be the user's, is called outside it. So that two
 * threads cannot carry out their wishes in the wrong order (one cancels what the other has just set), one of them at a time compares
 * wish and reality, and again if a wish came meanwhile. A timer that is set too early is left: when it fires, it is set again.
 */
final class FlushTimer {

    /** A timer that was given to the scheduler. */
    private static final class Armed {
        private final long at;
        private volatile boolean fired;
        private volatile @Nullable Future<?> handle;

        private Armed(long at) {
            this.at = at;
        }
    }

    private final Scheduling scheduling;
    private final BatcherClock clock;
    private final Runnable onTime;

    /** Wishes not yet looked at, while somebody is at it. */
    private final AtomicInteger wishes = new AtomicInteger();

    private volatile @Nullable Long wanted;

    /** Whether what is set is not known to be what was wanted: a timer has fired, or could not be set. */
    private volatile boolean doubtful;

    /** Owned by the thread that compares. */
    private @Nullable Armed armed;

    FlushTimer(Scheduling scheduling, BatcherClock clock, Runnable onTime) {
        this.scheduling = scheduling;
        this.clock = clock;
        this.onTime = onTime;
    }

    /**
     * Says when the timer is wanted; null for not at all. Guarded by the batcher's lock.
     *
     * @return whether {@link #reconcile} has something to do
     */
    boolean want(@Nullable Long at) {
        Long before = wanted;
        wanted = at;
        return doubtful || !Objects.equals(before, at);
    }

    /** Makes reality follow the wish. Outside the lock. */
    void reconcile() {
        if (wishes.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                doubtful = false;
                follow(wanted);
            } catch (Throwable error) {
                doubtful = true; // so that the next wish, whatever it is, tries again
                wishes.set(0);
                throw error;
            }
            seen = wishes.addAndGet(-seen);
        } while (seen != 0);
    }

    private void follow(@Nullable Long at) {
        if (armed != null && armed.fired) {
            armed = null;
        }
        if (armed != null && (at == null || at - armed.at < 0)) {
            scheduling.cancel(armed.handle);
            armed = null;
        }
        if (armed == null && at != null) {
            Armed next = new Armed(at);
            next.handle = scheduling.schedule(() -> fire(next), Duration.ofNanos(Math.max(0, at - clock.nanoTime())));
            armed = next;
        }
    }

    private void fire(Armed timer) {
        timer.fired = true;
        doubtful = true; // after "fired": who clears it sees that
        onTime.run();
    }
}
