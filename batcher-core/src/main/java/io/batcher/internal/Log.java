/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a batcher writes to the log: its name, counts and throwables, never an item. What repeats is written at once, then once a
 * minute with a count. Thread-safe.
 */
final class Log {

    private static final System.Logger LOGGER = System.getLogger("io.batcher");
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String batcher;
    private final BatcherClock clock;
    private final Repeating failures = new Repeating();
    private final Repeating refusals = new Repeating();
    private final Repeating schedulerRefusals = new Repeating();
    private long drops;
    private long dropsSince;

    Log(String batcher, BatcherClock clock) {
        this.batcher = batcher;
        this.clock = clock;
    }

    /** Counts something that repeats, and tells when to write about it. */
    private final class Repeating {
        private long count;
        private long sinceWritten;
        private long writtenAt;

        /** Returns how many came since the last line, if it is time for a line; else 0. */
        synchronized long count(long more) {
            boolean first = count == 0;
            count += more;
            sinceWritten += more;
            if (!first && clock.nanoTime() - writtenAt < MINUTE_NANOS) {
                return 0;
            }
            return written();
        }

        /** The burst is over. Returns how many there were in all; 0 if there was none. */
        synchronized long end() {
            long all = count;
            count = 0;
            sinceWritten = 0;
            return all;
        }

        private long written() {
            long due = sinceWritten;
            sinceWritten = 0;
            writtenAt = clock.nanoTime();
            return due;
        }
    }

    /** An attempt failed and there is no error callback to tell. */
    void attemptFailed(String batchId, int size, int attempt, Throwable cause) {
        long due = failures.count(1);
        if (due > 0) {
            write(
                    Level.WARNING,
                    "attempt " + attempt + " with batch " + batchId + " of " + size + " items failed"
                            + (due > 1 ? ", as " + (due - 1) + " attempts before it" : ""),
                    cause);
        }
    }

    void attemptSucceeded() {
        long failed = failures.end();
        if (failed > 0) {
            write(Level.INFO, "delivers again, after " + failed + " failed attempts", null);
        }
    }

    void givenUp(int items, int attempts, Throwable cause) {
        write(
                Level.ERROR,
                "gave up " + items + " items after " + attempts + " attempts; set onDeadLetter to keep such items",
                cause);
    }

    void virtualMachineError(Throwable error) {
        write(Level.ERROR, "the handler met an error of the virtual machine; the batch is kept", error);
    }

    void callbackFailed(String callback, Throwable thrown) {
        write(Level.WARNING, callback + " threw; nothing has changed by that", thrown);
    }

    void executorRefused(Throwable refusal) {
        long due = refusals.count(1);
        if (due > 0) {
            write(
                    Level.WARNING,
                    "the executor refused to deliver, " + due + " times; tried again after the interval",
                    refusal);
        }
    }

    void executorAccepts() {
        refusals.end();
    }

    void schedulerRefused(Throwable refusal) {
        long due = schedulerRefusals.count(1);
        if (due > 0) {
            write(Level.WARNING, "the scheduler refused a timer; the process-wide one is used", refusal);
        }
    }

    /** Items were dropped and there is no callback to tell. One line for a burst of them, or one a minute while it lasts. */
    synchronized void dropped(int items) {
        long now = clock.nanoTime();
        if (drops == 0) {
            dropsSince = now;
        }
        drops += items;
        if (now - dropsSince >= MINUTE_NANOS) {
            roomAgain();
        }
    }

    /** The buffer has room again: a burst of drops is over. */
    synchronized void roomAgain() {
        if (drops > 0) {
            write(
                    Level.WARNING,
                    "dropped " + drops + " items because its buffer was full; set onDrop to get them",
                    null);
            drops = 0;
        }
    }

    void notDelivered(int items) {
        write(Level.ERROR, "closed with " + items + " items not delivered; set onDeadLetter to keep such items", null);
    }

    void paused() {
        write(Level.WARNING, "is paused: it accepts items and delivers none until it is resumed", null);
    }

    void resumed() {
        write(Level.INFO, "is resumed", null);
    }

    void loopDied(Throwable error) {
        write(Level.ERROR, "the flush loop met an error of its own; what it was at is tried again", error);
    }

    private void write(Level level, String message, @Nullable Throwable thrown) {
        LOGGER.log(level, "Batcher \"" + batcher + "\" " + message, thrown);
    }
}
