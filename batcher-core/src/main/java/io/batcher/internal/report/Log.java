/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import io.batcher.BatcherClock;
import io.batcher.internal.threads.FallbackScheduler;
import io.batcher.internal.threads.SharedThreads;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a batcher writes to the log: its name, counts and throwables, never an item. What can repeat with every item, batch or attempt
 * is {@link Repeating}: written at once, then once a minute with a count. Thread-safe.
 */
public final class Log implements FallbackScheduler.Failures {

    private static final System.Logger LOGGER = System.getLogger("io.batcher");
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final String LETTER_NOT_TAKEN = "onDeadLetter threw, so it has not taken its items";

    private final String batcher;
    private final BatcherClock clock;
    private final Repeating failures = new Repeating();
    private final Burst drops = new Burst();

    /** Items that were given up, and why the last of them were, until a line says it. */
    private final Repeating givenUp = new Repeating();

    private volatile @Nullable Throwable givenUpFor;

    /** What repeats otherwise, by its name; most batchers need none. Guarded by this object's monitor. */
    private Map<String, Repeating> repeating = Map.of();

    public Log(String batcher, BatcherClock clock) {
        this.batcher = batcher;
        this.clock = clock;
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
        long due = failures.count(1, clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "attempt " + attempt + " with batch " + batchId + " of " + counted(size, "item") + " failed"
                            + (due > 1 ? ", as " + counted(due - 1, "attempt") + " before it" : ""),
                    cause);
        }
    }

    /** The target has asked to be called later and there is no error callback to tell. */
    void rests(Throwable retryAfter) {
        repeated(
                "Retry-After",
                Level.WARNING,
                "rests because its target asked to be called later",
                "the batch is kept and no attempt counted",
                retryAfter);
    }

    void attemptSucceeded() {
        long failed = failures.end();
        if (failed > 0) {
            write(Level.INFO, "delivers again, after " + counted(failed, "failed attempt"), null);
        }
    }

    /** Items were given up and there is no callback to take them. */
    void givenUp(int items, int attempts, Throwable cause) {
        long due = givenUp.count(items, clock.nanoTime());
        if (due == items) {
            writeGivenUp(due, " after " + counted(attempts, "attempt"), cause);
        } else {
            givenUpFor = cause;
            writeGivenUp(due);
        }
    }

    /** An attempt has ended: what was given up since the last line is not left unsaid for longer than a minute. */
    void attemptEnded() {
        if (givenUpFor != null) {
            writeGivenUp(givenUp.overdue(clock.nanoTime()));
        }
    }

    private void writeGivenUp(long items) {
        if (items > 0) {
            Throwable cause = givenUpFor;
            givenUpFor = null;
            writeGivenUp(items, " in several batches since the last such line", cause);
        }
    }

    private void writeGivenUp(long items, String how, @Nullable Throwable cause) {
        write(Level.ERROR, "gave up " + counted(items, "item") + how + "; set onDeadLetter to keep such items", cause);
    }

    void virtualMachineError(Throwable error) {
        repeated(
                error.getClass().getName(),
                Level.ERROR,
                "the handler met an error of the virtual machine",
                "the batch is kept",
                error);
    }

    void callbackFailed(String callback, Throwable thrown) {
        repeated(callback, Level.WARNING, callback + " threw", "nothing has changed by that", thrown);
    }

    /** The dead-letter callback has thrown; it is called again. */
    void deadLetterNotTaken(Throwable thrown) {
        repeated("onDeadLetter", Level.WARNING, LETTER_NOT_TAKEN, "unless closed it is called again", thrown);
    }

    /** The dead-letter callback has thrown and is not called again: these items are lost, so each letter has its line. */
    void lastDeadLetterNotTaken(Throwable thrown) {
        write(Level.WARNING, LETTER_NOT_TAKEN + "; unless closed it is called again", thrown);
    }

    public void executorRefused(Throwable refusal) {
        repeated(
                "executor",
                Level.WARNING,
                "the executor refused to deliver",
                "tried again after the interval, a second at most",
                refusal);
    }

    @Override
    public void schedulerRefused(Throwable refusal) {
        repeated("scheduler", Level.WARNING, "the scheduler refused a timer", "the process-wide one is used", refusal);
    }

    public void taskLost() {
        repeated(
                "lost task",
                Level.WARNING,
                "the executor accepted a task and did not run it in time",
                "started again. Check that the executor has free threads and does not discard tasks",
                null);
    }

    @Override
    public void timerLost() {
        repeated(
                "lost timer",
                Level.WARNING,
                "the scheduler did not run a timer within a second of its time",
                "the process-wide timer is used for a minute. Check that the scheduler is not shut down and that its tasks do"
                        + " not block",
                null);
    }

    /** Items were dropped and there is no callback to tell. */
    void dropped(int items) {
        writeDropped(drops.count(items, clock.nanoTime()));
    }

    /** The buffer has room again: a burst of drops is over. */
    void roomAgain() {
        writeDropped(drops.end());
    }

    /** The batcher is closed: nothing that was counted stays unsaid. */
    public void closed() {
        roomAgain();
        writeGivenUp(givenUp.rest());
    }

    private void writeDropped(long items) {
        if (items > 0) {
            write(
                    Level.WARNING,
                    "dropped " + counted(items, "item") + " because its buffer was full; set onDrop to get them",
                    null);
        }
    }

    public void notDelivered(int items) {
        write(
                Level.ERROR,
                "closed with " + counted(items, "item") + " not delivered; set onDeadLetter to keep such items",
                null);
    }

    public void stillOffered(int items) {
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

    public void loopDied(Throwable error) {
        repeated("loop", Level.ERROR, "the flush loop met an error of its own", "what it was at is tried again", error);
    }

    /** Writes about the first, then once a minute with how many came since. */
    private void repeated(String name, Level level, String what, String consequence, @Nullable Throwable thrown) {
        long due = repeating(name).count(1, clock.nanoTime());
        if (due > 0) {
            String times = due == 1 ? "" : ", " + due + " times since the last such line";
            write(level, what + times + "; " + consequence, thrown);
        }
    }

    private synchronized Repeating repeating(String name) {
        repeating = repeating.isEmpty() ? new HashMap<>() : repeating;
        return repeating.computeIfAbsent(name, unused -> new Repeating());
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
