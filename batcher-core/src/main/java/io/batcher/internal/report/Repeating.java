/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import java.util.concurrent.TimeUnit;

/**
 * Counts something that repeats, and tells when to write about it: at once, then at most once a minute with what came meanwhile. The
 * caller writes, outside the monitor. Thread-safe.
 */
public final class Repeating {

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long all;
    private long unwritten;
    private boolean written;
    private long writtenAt;

    /** It has happened so many times more. Returns how many to write about now; 0 if it is not time for a line. */
    synchronized long count(int more, long now) {
        all += more;
        unwritten += more;
        return overdue(now);
    }

    /** Returns how many came since the last line, if that is a minute old; else 0. */
    synchronized long overdue(long now) {
        if (written && now - writtenAt < MINUTE_NANOS) {
            return 0;
        }
        writtenAt = now;
        written = true;
        return rest();
    }

    /** Returns how many came since the last line. */
    synchronized long rest() {
        long rest = unwritten;
        unwritten = 0;
        return rest;
    }

    /** It is over: the next one is written about at once. Returns how many there were in all. */
    synchronized long end() {
        long ended = all;
        all = 0;
        unwritten = 0;
        written = false;
        return ended;
    }
}
