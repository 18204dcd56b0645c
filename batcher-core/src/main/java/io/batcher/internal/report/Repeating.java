/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import java.util.concurrent.TimeUnit;

/**
 * Counts a repeating event and says when to report it: at once, then at most once a minute with the number of events meanwhile. The
 * caller writes the line, outside the monitor. Thread-safe.
 */
final class Repeating {

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long all;
    private long unwritten;
    private boolean written;
    private long writtenAt;

    /** Counts {@code more} events. Returns how many events to report now; 0 if a line is not due. */
    synchronized long count(int more, long now) {
        all += more;
        unwritten += more;
        return overdue(now);
    }

    /** Returns how many events came since the last line if that is a minute old; otherwise 0. */
    synchronized long overdue(long now) {
        if (written && now - writtenAt < MINUTE_NANOS) {
            return 0;
        }
        writtenAt = now;
        written = true;
        return unwritten();
    }

    /** Returns how many events came since the last line. */
    synchronized long unwritten() {
        long count = unwritten;
        unwritten = 0;
        return count;
    }

    /** Ends the series: the next event is reported at once. Returns how many events there were in all. */
    synchronized long end() {
        long ended = all;
        all = 0;
        unwritten = 0;
        written = false;
        return ended;
    }
}
