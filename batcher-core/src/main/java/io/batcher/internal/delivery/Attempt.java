/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import io.batcher.BatcherClock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of the handler with one batch, and its outcome. Created on the thread that makes the call.
 *
 * <ul>
 *   <li>{@link #call} never throws: whatever the handler does is an outcome.
 *   <li>The outcome is set once. That of an asynchronous attempt is set by its stage, its call or the timeout, whichever is
 *       first.
 *   <li>The flush loop that gives up the thread {@linkplain #leave leaves}, unless the stage has ended: one that is complete when the
 *       call returns costs no second thread (the idea of Jetty's IteratingCallback).
 * </ul>
 */
public final class Attempt<T> {

    /**
     * How it went.
     *
     * @param failure null means success
     * @param timedOut whether the failure is that of the timeout
     * @param endedAt when the call returned, the stage ended or the timeout came, in nanoseconds of the batcher's clock
     */
    private record Outcome(@Nullable Throwable failure, boolean timedOut, long endedAt) {}

    private final FrozenBatch<T> delivery;
    private final ArrayBatch<T> batch;
    private final Handler<T> handler;
    private final int serial;
    private final @Nullable Duration timeout;
    private final BatcherClock clock;
    private final Runnable resume;
    private final @Nullable CallTimeout call;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /** What an asynchronous handler returned; written and read on loop threads only, one after the other. */
    private @Nullable CompletionStage<?> stage;

    /** When the handler was called; written before {@link #started}. */
    private long startedAt;

    private volatile boolean started;
    private volatile boolean left;

    /**
     * Prepares an attempt; its time begins with {@link #call}.
     *
     * @param serial its number among all attempts of the batcher
     * @param resume called on the thread that ended the attempt, once or more often, if the loop has left before
     */
    public Attempt(
            FrozenBatch<T> delivery,
            Handler<T> handler,
            int serial,
            @Nullable Duration timeout,
            BatcherClock clock,
            Runnable resume) {
        this.delivery = delivery;
        this.batch = delivery.batch(clock);
        this.handler = handler;
        this.serial = serial;
        this.timeout = timeout;
        this.call = timeout == null ? null : new CallTimeout();
        this.clock = clock;
        this.resume = resume;
    }

    public FrozenBatch<T> delivery() {
        return delivery;
    }

    public ArrayBatch<T> batch() {
        return batch;
    }

    public int serial() {
        return serial;
    }

    /** How long it took, from the call of the handler to its end. Only after it has ended. */
    public Duration took() {
        return Duration.ofNanos(Math.max(0, ended().endedAt() - startedAt));
    }

    /** Calls the handler. Afterwards the attempt {@linkplain #isEnded() has ended}, or its stage is pending. */
    public void call() {
        startedAt = clock.nanoTime();
        started = true;
        Throwable thrown = null;
        try {
            if (handler.sync() != null) {
                handler.sync().accept(batch);
            } else if (handler.async() != null) {
                stage = handler.async().accept(batch);
            }
        } catch (Throwable t) {
            thrown = t;
        }
        long returnedAt = clock.nanoTime(); // before the timer is stopped: it does not decide who was late
        if (call != null) {
            call.end();
        }
        if (thrown != null) {
            end(failed(thrown, returnedAt));
        } else if (handler.sync() != null) {
            end(succeeded(returnedAt)); // however late: it was handled
        } else if (isLate(returnedAt)) {
            end(timedOut(null, returnedAt));
        } else {
            follow(stage);
        }
    }

    private void follow(@Nullable CompletionStage<?> returned) {
        if (returned == null) {
            IllegalStateException noStage = new IllegalStateException(
                    "the asynchronous handler returned null; it must return a stage, a completed one if it is done");
            end(failed(noStage, clock.nanoTime()));
            return;
        }
        try {
            returned.whenComplete((value, failure) -> stageEnded(failure));
        } catch (Throwable t) {
            end(failed(t, clock.nanoTime())); // a stage of the user's own making
        }
    }

    private void stageEnded(@Nullable Throwable failure) {
        long now = clock.nanoTime();
        end(failure == null ? succeeded(now) : failed(failure, now));
    }

    /** When the time is over; only with a timeout. Until the call begins it has all of its time. */
    public long timeoutAt(long now) {
        return (started ? startedAt : now) + Objects.requireNonNull(timeout).toNanos();
    }

    /** The time is over: interrupts the call, and fails the attempt if that is asynchronous. Any thread. */
    public void timeOut() {
        if (call != null) {
            call.fire();
        }
        if (handler.async() != null) {
            end(timedOut(null, clock.nanoTime()));
        }
    }

    private boolean isLate(long now) {
        return timeout != null && now - timeoutAt(now) >= 0;
    }

    /**
     * Leaves the attempt to its stage. The loop writes that it has left and then looks at the outcome; whoever ends the attempt writes
     * the outcome and then looks whether the loop has left: so one of them at least goes on.
     *
     * @return false if it has ended meanwhile, and the loop has to go on
     */
    public boolean leave() {
        left = true;
        return !isEnded();
    }

    public boolean isEnded() {
        return outcome.get() != null;
    }

    /** What the attempt failed with; null if it succeeded. Only after it has ended. */
    public @Nullable Throwable failure() {
        return ended().failure();
    }

    private Outcome ended() {
        Outcome known = outcome.get();
        if (known == null) {
            throw new IllegalStateException("the attempt has not ended");
        }
        return known;
    }

    /** Tells an asynchronous handler's stage that nobody waits for it any more, if the attempt has timed out. */
    public void cancelStageIfTimedOut() {
        CompletionStage<?> pending = stage;
        if (pending != null && ended().timedOut()) {
            pending.toCompletableFuture().cancel(true);
        }
    }

    private void end(Outcome how) {
        outcome.compareAndSet(null, how);
        // The timer asks too, in case the thread that ended the stage had no memory or stack left for it.
        if (left) {
            resume.run();
        }
    }

    private static Outcome succeeded(long at) {
        return new Outcome(null, false, at);
    }

    /** What the handler threw, or its stage failed with; after the timeout it is that of the timeout. */
    private Outcome failed(Throwable failure, long at) {
        Throwable cause = Causes.unwrapped(failure);
        return isLate(at) ? timedOut(cause, at) : new Outcome(cause, false, at);
    }

    private Outcome timedOut(@Nullable Throwable cause, long at) {
        TimeoutException failure = new TimeoutException("the handler took longer than handlerTimeout, " + timeout);
        if (cause != null) {
            failure.addSuppressed(cause);
        }
        return new Outcome(failure, true, at);
    }
}
