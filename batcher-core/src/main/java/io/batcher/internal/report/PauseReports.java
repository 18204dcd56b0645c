/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reports pauses and resumptions, so that the last report is true. The calls that pause and resume report outside the batcher's lock,
 * where one could overtake another. So one thread at a time compares what is with what was reported, and again if a call came
 * meanwhile; the other calls return at once. A pause and a resumption that both came meanwhile are not reported.
 *
 * <p>A listener may pause and resume too: its call returns at once, and the report follows when the listener has returned.
 */
public final class PauseReports {

    private final Runnable onPaused;
    private final Runnable onResumed;

    /** Calls whose change was not compared yet, while some thread reports. */
    private final AtomicInteger calls = new AtomicInteger();

    /** Written under the batcher's lock. */
    private volatile boolean paused;

    /** What was reported last; owned by the thread that reports. */
    private boolean reported;

    public PauseReports(Runnable onPaused, Runnable onResumed) {
        this.onPaused = onPaused;
        this.onResumed = onResumed;
    }

    /** Delivery is paused or resumed. Guarded by the batcher's lock. */
    public void changed(boolean paused) {
        this.paused = paused;
    }

    /** Reports what was not reported yet. Outside the lock. */
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
