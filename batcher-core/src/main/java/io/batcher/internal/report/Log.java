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
 * Writes the log lines of a batcher: its name, counts and throwables, never an item. An event that can repeat with every item, batch or
 * attempt is written at once and then once a minute with a count, see {@link Repeating}. Thread-safe.
 */
public final class Log implements FallbackScheduler.Failures {

    private static final System.Logger LOGGER = System.getLogger("io.batcher");
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String batcher;
    private final BatcherClock clock;

    // Created when they are needed: an idle batcher has a budget of bytes.

    /** Null until an attempt fails. */
    private volatile @Nullable Repeating failures;

    /** Null until an item is dropped. */
    private volatile @Nullable Burst drops;

    /** The last cause for which items were given up that no line reports yet; null if there are none. */
    private volatile @Nullable Throwable givenUpFor;

    /** Counts of repeating events by name. Guarded by this object's monitor. */
    private Map<String, Repeating> repeating = Map.of();

    public Log(String batcher, BatcherClock clock) {
        this.batcher = batcher;
        this.clock = clock;
    }

    /** Collects a burst into one line, or one line a minute while it lasts. */
    private static final class Burst {
        private long count;
        private long since;

        /** Returns how many events to report now; 0 if none. */
        synchronized long count(int more, long now) {
            since = count == 0 ? now : since;
            count += more;
            return now - since >= MINUTE_NANOS ? end() : 0;
        }

        /** Returns how many events are not reported yet. */
        synchronized long end() {
            long all = count;
            count = 0;
            return all;
        }
    }

    // ---- attempts

    /** Reports a failed attempt if there is no error callback. */
    void attemptFailed(String batchId, int size, int attempt, Throwable cause) {
        Repeating counted = repeating("failed attempts");
        failures = counted;
        long due = counted.count(1, clock.nanoTime());
        if (due > 0) {
            write(
                    Level.WARNING,
                    "attempt " + attempt + " with batch " + batchId + " of " + counted(size, "item") + " failed"
                            + (due > 1 ? ", after " + counted(due - 1, "failed attempt") + " without a line" : ""),
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
        Repeating counted = failures;
        long failed = counted == null ? 0 : counted.end();
        if (failed > 0) {
            write(Level.INFO, "recovered after " + counted(failed, "failed attempt"), null);
        }
    }

    /** Reports items that were given up if there is no dead-letter callback. */
    void givenUp(int items, int attempts, Throwable cause) {
        long due = givenUp().count(items, clock.nanoTime());
        if (due == items) {
            writeGivenUp(due, " after " + counted(attempts, "attempt"), cause);
        } else {
            givenUpFor = cause;
            writeGivenUp(due);
        }
    }

    /** Reports items that were moved to the dead letters of the store if there is no callback. */
    void movedToDeadLetters(int items, int attempts, Throwable cause) {
        repeated(
                "dead letters",
                Level.ERROR,
                "gave up " + counted(items, "item") + " after " + counted(attempts, "attempt"),
                "they are in the dead letters of the store",
                cause);
    }

    /** Reports items that were given up more than a minute ago. */
    void attemptEnded() {
        if (givenUpFor != null) {
            writeGivenUp(givenUp().overdue(clock.nanoTime()));
        }
    }

    private Repeating givenUp() {
        return repeating("given up");
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
                "the handler threw a VirtualMachineError",
                "the batch is kept",
                error);
    }

    // ---- callbacks

    void callbackFailed(String callback, Throwable thrown) {
        repeated(callback, Level.WARNING, callback + " threw an exception", "it is ignored", thrown);
    }

    /** The dead-letter callback threw and will be called again. */
    void deadLetterNotTaken(Throwable thrown) {
        repeated(
                "onDeadLetter",
                Level.WARNING,
                "onDeadLetter threw an exception and has not taken its items",
                "it is called again, unless the batcher is closed",
                thrown);
    }

    /** The dead-letter callback threw for the last time. Each call has its line, because its items are lost. */
    void lastDeadLetterNotTaken(Throwable thrown) {
        write(
                Level.WARNING,
                "onDeadLetter threw an exception and has not taken its items; it is not called again, because the batcher is"
                        + " closed",
                thrown);
    }

    /** Reports dropped items if there is no callback for them. */
    void dropped(int items) {
        writeDropped(burst().count(items, clock.nanoTime()));
    }

    private synchronized Burst burst() {
        Burst burst = drops == null ? new Burst() : drops;
        drops = burst;
        return burst;
    }

    /** Ends a burst of drops: the buffer has room again. */
    void endDropBurst() {
        Burst burst = drops;
        if (burst != null) {
            writeDropped(burst.end());
        }
    }

    private void writeDropped(long items) {
        if (items > 0) {
            write(
                    Level.WARNING,
                    "dropped " + counted(items, "item") + " because its buffer was full; set onDrop to get them",
                    null);
        }
    }

    // ---- threads and timers

    public void executorRefused(Throwable refusal) {
        repeated(
                "executor",
                Level.WARNING,
                "the executor rejected a task",
                "it is asked again after the interval, or after 1 s if the interval is longer",
                refusal);
    }

    @Override
    public void schedulerRefused(Throwable refusal) {
        repeated(
                "scheduler",
                Level.WARNING,
                "the scheduler rejected a timer",
                "the process-wide timer is used instead",
                refusal);
    }

    public void taskLost() {
        repeated(
                "lost task",
                Level.WARNING,
                "the executor accepted a task and did not start it in time",
                "another task is started. Check that the executor has free threads and does not discard tasks",
                null);
    }

    @Override
    public void timerLost() {
        repeated(
                "lost timer",
                Level.WARNING,
                "the scheduler did not run a timer within 1 s of its time",
                "the process-wide timer is used for 1 min. Check that the scheduler is not shut down and that its tasks do not"
                        + " block",
                null);
    }

    public void loopDied(Throwable error) {
        repeated(
                "loop",
                Level.ERROR,
                "internal error in the flush loop",
                "the current batch is tried again after the retry delay",
                error);
    }

    // ---- state

    void paused() {
        write(Level.WARNING, "is paused: it accepts items and delivers none until it is resumed", null);
    }

    void resumed() {
        write(Level.INFO, "is resumed", null);
    }

    /** Reports what was counted and has no line yet. */
    public void closed() {
        endDropBurst();
        if (givenUpFor != null) {
            writeGivenUp(givenUp().unwritten());
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
                        + " are still offered to it in the background, and are lost if the process ends before that",
                null);
    }

    // ----

    /** Writes the first event, then one line a minute with the number of events since the last one. */
    void repeated(String name, Level level, String what, String consequence, @Nullable Throwable thrown) {
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

    /** Never on the timer thread, because a log appender may block. */
    void write(Level level, String message, @Nullable Throwable thrown) {
        SharedThreads.offTimer(() -> {
            try {
                LOGGER.log(level, "Batcher \"" + batcher + "\" " + message, thrown);
            } catch (Throwable fromLogHandler) {
                // A log handler is user code, and there is no other place to report its failure.
            }
        });
    }
}
