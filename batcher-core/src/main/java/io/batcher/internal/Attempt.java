/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherClock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
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
final class Attempt<T> {

    /** How it went; no failure means success. */
    private record Outcome(@Nullable Throwable failure) {}

    private static final Outcome SUCCESS = new Outcome(null);

    private final Delivery<T> delivery;
    private final DeliveredBatch<T> batch;
    private final Handler<T> handler;
    private final int serial;
    private final @Nullable Duration timeout;
    private final BatcherClock clock;
    private final long startedAt;
    private final Runnable resume;
    private final @Nullable CallTimeout call;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /** What an asynchronous handler returned; written and read on loop threads only, one after the other. */
    private @Nullable CompletionStage<?> stage;

    private volatile boolean timedOut;
    private volatile boolean left;

    /**
     * Prepares an attempt that starts now.
     *
     * @param serial its number among all attempts of the batcher
     * @param resume called on the thread that ended the attempt, once or more often, if the loop has left before
     */
    Attempt(
            Delivery<T> delivery,
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
        this.startedAt = clock.nanoTime();
        this.resume = resume;
    }

    Delivery<T> delivery() {
        return delivery;
    }

    DeliveredBatch<T> batch() {
        return batch;
    }

    int serial() {
        return serial;
    }

    Duration took() {
        return Duration.ofNanos(Math.max(0, clock.nanoTime() - startedAt));
    }

    /** Calls the handler. Afterwards the attempt {@linkplain #isEnded() has ended}, or its stage is pending. */
    void call() {
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
        if (call != null && timeout != null && (call.end() || clock.nanoTime() - startedAt >= timeout.toNanos())) {
            timedOut = true; // also where the timer was slower than the handler
        }
        if (thrown != null) {
            end(new Outcome(timedOut ? timeoutFailure(thrown) : thrown));
        } else if (handler.sync() != null) {
            end(SUCCESS); // however late: it was handled
        } else if (timedOut) {
            end(new Outcome(timeoutFailure(null)));
        } else {
            follow(stage);
        }
    }

    private void follow(@Nullable CompletionStage<?> returned) {
        if (returned == null) {
            end(new Outcome(new IllegalStateException(
                    "the asynchronous handler returned null; it must return a stage, a completed one if it is done")));
            return;
        }
        try {
            returned.whenComplete((value, failure) -> end(failure == null ? SUCCESS : new Outcome(unwrapped(failure))));
        } catch (Throwable t) {
            end(new Outcome(t)); // a stage of the user's own making
        }
    }

    /** The time is over. Called by the timer: interrupts the call, and fails the attempt if it is asynchronous. */
    void timeOut() {
        timedOut = true;
        if (call != null) {
            call.fire();
        }
        if (handler.async() != null) {
            end(new Outcome(timeoutFailure(null)));
        }
    }

    /**
     * Leaves the attempt to its stage. The loop writes that it has left and then looks at the outcome; whoever ends the attempt writes
     * the outcome and then looks whether the loop has left: so one of them at least goes on.
     *
     * @return false if it has ended meanwhile, and the loop has to go on
     */
    boolean leave() {
        left = true;
        return !isEnded();
    }

    boolean isEnded() {
        return outcome.get() != null;
    }

    /** What the attempt failed with; null if it succeeded. Only after it has ended. */
    @Nullable Throwable failure() {
        Outcome known = outcome.get();
        if (known == null) {
            throw new IllegalStateException("the attempt has not ended");
        }
        return known.failure();
    }

    /** Tells an asynchronous handler's stage that nobody waits for it any more, if the attempt has timed out. */
    void cancelStageIfTimedOut() {
        CompletionStage<?> pending = stage;
        if (timedOut && pending != null) {
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

    private TimeoutException timeoutFailure(@Nullable Throwable thrown) {
        TimeoutException failure = new TimeoutException("the handler took longer than handlerTimeout, " + timeout);
        if (thrown != null) {
            failure.addSuppressed(thrown);
        }
        return failure;
    }

    /** The cause itself, where a stage wrapped what its computation threw. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
