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
    private final Repeating schedulerFailures = new Repeating();
    private final Repeating lostTasks = new Repeating();
    private final Burst drops = new Burst();

    Log(String batcher, BatcherClock clock) {
        this.batcher = batcher;
        this.clock = clock;
    }

    /** Counts something that repeats, and tells when to write about it; the writing is done outside the monitor. */
    private static final class Repeating {
        private long count;
        private long sinceWritten;
        private long writtenAt;

        /** Returns how many came since the last line, if it is time for a line; else 0. */
        synchronized long count(long now) {
            boolean first = count == 0;
            count++;
            sinceWritten++;
            if (!first && now - writtenAt < MINUTE_NANOS) {
                return 0;
            }
            long due = sinceWritten;
            sinceWritten = 0;
            writtenAt = now;
            return due;
        }

        /** It is over. Returns how many there were in all; 0 if there was none. */
        synchronized long end() {
            long all = count;
            count = 0;
            sinceWritten = 0;
            return all;
        }
    }

    /** Collects a burst into one line, or one a minute while it lasts. */
    private static final class Burst {
        private long count;
        private long since;

        /** Returns how many to write about now; 0 if none. */
        synchronized long count(int more, long now) {
            since = count == 0 ? now : since;
            count += more;
            return now - since >= MINUTE_NANOS ? end() : 0;
        }

        /** Returns how many were not yet written about. */
        synchronized long end() {
            long all = count;
            count = 0;
            return all;
        }
    }

    /** An attempt failed and there is no error callback to tell. */
    void attemptFailed(String batchId, int size, int attempt, Throwable cause) {
        long due = failures.count(clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "attempt " + attempt + " with batch " + batchId + " of " + counted(size, "item") + " failed"
                            + (due > 1 ? ", as " + counted(due - 1, "attempt") + " before it" : ""),
                    cause);
        }
    }

    void attemptSucceeded() {
        long failed = failures.end();
        if (failed > 0) {
            write(Level.INFO, "delivers again, after " + counted(failed, "failed attempt"), null);
        }
    }

    void givenUp(int items, int attempts, Throwable cause) {
        write(
                Level.ERROR,
                "gave up " + counted(items, "item") + " after " + counted(attempts, "attempt")
                        + "; set onDeadLetter to keep such items",
                cause);
    }

    void virtualMachineError(Throwable error) {
        write(Level.ERROR, "the handler met an error of the virtual machine; the batch is kept", error);
    }

    void callbackFailed(String callback, Throwable thrown) {
        write(Level.WARNING, callback + " threw; nothing has changed by that", thrown);
    }

    void deadLetterNotTaken(Throwable thrown) {
        write(
                Level.WARNING,
                "onDeadLetter threw, so it has not taken its items; unless closed it is called again",
                thrown);
    }

    void executorRefused(Throwable refusal) {
        long due = refusals.count(clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "the executor refused to deliver, " + counted(due, "time")
                            + "; tried again after the interval, a second at most",
                    refusal);
        }
    }

    void executorAccepts() {
        refusals.end();
    }

    void schedulerRefused(Throwable refusal) {
        long due = schedulerFailures.count(clock.nanoTime());
        if (due > 0) {
            write(Level.WARNING, "the scheduler refused a timer; the process-wide one is used", refusal);
        }
    }

    void taskLost() {
        long due = lostTasks.count(clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "the executor accepted a task and did not run it in time; started again, " + counted(due, "time")
                            + ". Check that the executor has free threads and does not discard tasks",
                    null);
        }
    }

    void timerLost() {
        long due = schedulerFailures.count(clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "the scheduler did not run a timer within a second of its time; the process-wide timer is used for a"
                            + " minute. Check that the scheduler is not shut down and that its tasks do not block",
                    null);
        }
    }

    /** Items were dropped and there is no callback to tell. */
    void dropped(int items) {
        writeDropped(drops.count(items, clock.nanoTime()));
    }

    /** The buffer has room again: a burst of drops is over. */
    void roomAgain() {
        writeDropped(drops.end());
    }

    private void writeDropped(long items) {
        if (items > 0) {
            write(
                    Level.WARNING,
                    "dropped " + counted(items, "item") + " because its buffer was full; set onDrop to get them",
                    null);
        }
    }

    void notDelivered(int items) {
        write(
                Level.ERROR,
                "closed with " + counted(items, "item") + " not delivered; set onDeadLetter to keep such items",
                null);
    }

    void stillOffered(int items) {
        write(
                Level.WARNING,
                "is closed, but onDeadLetter has not returned within shutdownTimeout: " + counted(items, "item")
                        + " are still being offered to it, and are lost if the process ends before",
                null);
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

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** A log appender may block, so it does not run on the timer's thread. */
    private void write(Level level, String message, @Nullable Throwable thrown) {
        SharedThreads.offTimer(() -> {
            try {
                LOGGER.log(level, "Batcher \"" + batcher + "\" " + message, thrown);
            } catch (Throwable fromLogHandler) {
                // A log handler is user code too, and there is nobody else to tell.
            }
        });
    }
}
