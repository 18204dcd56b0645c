/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reports pauses and resumptions so that the last report matches the state. Reports are made outside the batcher's lock, where one could
 * overtake another. So one thread at a time compares the state with the last report, and compares again if a call came meanwhile; other
 * calls return at once. A pause that is undone before it is reported is not reported.
 *
 * <p>A listener may pause and resume: its call returns at once, and the report follows after the listener returns.
 */
public final class PauseReports {

    private final Runnable onPaused;
    private final Runnable onResumed;

    /** Calls that were not compared yet; above zero while a thread reports. */
    private final AtomicInteger calls = new AtomicInteger();

    /** Written under the batcher's lock. */
    private volatile boolean paused;

    /** The last report. Accessed by the reporting thread only. */
    private boolean reported;

    public PauseReports(Runnable onPaused, Runnable onResumed) {
        this.onPaused = onPaused;
        this.onResumed = onResumed;
    }

    /** Records that delivery was paused or resumed. Guarded by the batcher's lock. */
    public void changed(boolean paused) {
        this.paused = paused;
    }

    /** Reports changes that are not reported yet. Called outside the lock. */
    public void report() {
        if (calls.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                reportNewest();
            } catch (Throwable error) {
                calls.set(0); // so that the next call reports
                throw error;
            }
            seen = calls.addAndGet(-seen);
        } while (seen != 0);
    }

    private void reportNewest() {
        boolean newest = paused;
        if (newest != reported) {
            reported = newest;
            (newest ? onPaused : onResumed).run();
        }
    }
}
