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
 * One call of the handler with one batch, and its outcome.
 *
 * <ul>
 *   <li>{@link #call} never throws: whatever the handler does is an outcome.
 *   <li>The outcome is set once. For an asynchronous attempt it is set by the stage, the call or the timeout, whichever is first.
 *   <li>The flush loop {@linkplain #detach detaches} before it gives up its thread, unless the stage has ended. A stage that is complete
 *       when the call returns needs no second thread, as in Jetty's {@code IteratingCallback}.
 * </ul>
 */
public final class Attempt<T> {

    /**
     * The outcome.
     *
     * @param failure null after success
     * @param timedOut whether the timeout is the failure
     * @param endedAt when the call returned, the stage ended or the timeout fired, in nanoseconds of the batcher's clock
     */
    private record Outcome(@Nullable Throwable failure, boolean timedOut, long endedAt) {}

    private final FrozenBatch<T> frozenBatch;
    private final ArrayBatch<T> batch;
    private final Handler<T> handler;
    private final int attemptNumber;
    private final @Nullable Duration timeout;
    private final BatcherClock clock;
    private final Runnable resume;
    private final @Nullable CallTimeout call;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /** The stage of an asynchronous handler. Written and read by loop threads only, one after the other. */
    private @Nullable CompletionStage<?> stage;

    /** When the handler was called. Written before {@link #started}. */
    private long startedAt;

    private volatile boolean started;
    private volatile boolean detached;

    /**
     * Creates an attempt. Its time begins with {@link #call}.
     *
     * @param attemptNumber its number among all attempts of the batcher
     * @param timeout null if there is none
     * @param resume resumes the loop after it has detached; called on the thread that ends the attempt, perhaps more than once
     */
    public Attempt(
            FrozenBatch<T> frozenBatch,
            Handler<T> handler,
            int attemptNumber,
            @Nullable Duration timeout,
            BatcherClock clock,
            Runnable resume) {
        this.frozenBatch = frozenBatch;
        this.batch = frozenBatch.batch(clock);
        this.handler = handler;
        this.attemptNumber = attemptNumber;
        this.timeout = timeout;
        this.call = timeout == null ? null : new CallTimeout();
        this.clock = clock;
        this.resume = resume;
    }

    public FrozenBatch<T> frozenBatch() {
        return frozenBatch;
    }

    /** Returns the batch that is passed to the handler. */
    public ArrayBatch<T> batch() {
        return batch;
    }

    public int attemptNumber() {
        return attemptNumber;
    }

    /** Returns the time from the call of the handler to the end of the attempt. Only after it has ended. */
    public Duration took() {
        return Duration.ofNanos(Math.max(0, ended().endedAt() - startedAt));
    }

    /** Whether the handler was called, or is about to be: then {@link #startedAt} is known. */
    public boolean isStarted() {
        return started;
    }

    /** Returns when the handler was called. Only after that. */
    public long startedAt() {
        return startedAt;
    }

    /** Calls the handler. When this returns, the attempt {@linkplain #isEnded() has ended} or its stage is pending. */
    public void call() {
        if (call != null) {
            call.begin();
        }
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
        long returnedAt = clock.nanoTime(); // before the timer is stopped, which takes time
        if (call != null) {
            call.end();
        }
        if (thrown != null) {
            end(failed(thrown, returnedAt));
        } else if (handler.sync() != null) {
            end(succeeded(returnedAt)); // also after the timeout: the batch was handled
        } else if (isLate(returnedAt)) {
            end(timedOut(null, returnedAt));
        } else {
            observe(stage);
        }
    }

    private void observe(@Nullable CompletionStage<?> returned) {
        if (returned == null) {
            IllegalStateException noStage = new IllegalStateException(
                    "the asynchronous handler returned null; it must return a stage, a completed one if it is done");
            end(failed(noStage, clock.nanoTime()));
            return;
        }
        try {
            returned.whenComplete((value, failure) -> stageEnded(failure));
        } catch (Throwable t) {
            end(failed(t, clock.nanoTime())); // a stage implemented by the user
        }
    }

    private void stageEnded(@Nullable Throwable failure) {
        long now = clock.nanoTime();
        end(failure == null ? succeeded(now) : failed(failure, now));
    }

    /** Returns when the timeout fires. Only with a timeout. Before the call begins, the full timeout lies ahead. */
    public long timeoutAt(long now) {
        return (started ? startedAt : now) + Objects.requireNonNull(timeout).toNanos();
    }

    /** Called when the timeout fires, on any thread. Interrupts the call, and fails an asynchronous attempt. */
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
     * Detaches the loop from the attempt, so that the end of the stage resumes it. The loop sets {@code detached}, then reads
     * {@code outcome}; the stage sets {@code outcome}, then reads {@code detached}. At least one sees the other and continues.
     *
     * @return false if the attempt has ended, and the loop has to continue itself
     */
    public boolean detach() {
        detached = true;
        return !isEnded();
    }

    public boolean isEnded() {
        return outcome.get() != null;
    }

    /** Returns the failure; null if the attempt succeeded. Only after it has ended. */
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

    /** Cancels the stage of an attempt that has timed out. Only after it has ended. */
    public void cancelStageIfTimedOut() {
        CompletionStage<?> pending = stage;
        if (pending != null && ended().timedOut()) {
            pending.toCompletableFuture().cancel(true);
        }
    }

    private void end(Outcome how) {
        outcome.compareAndSet(null, how);
        // Also if the outcome was set before: the thread that set it may have had no memory or stack left to resume the
        // loop.
        if (detached) {
            resume.run();
        }
    }

    private static Outcome succeeded(long at) {
        return new Outcome(null, false, at);
    }

    /** The failure of the handler or its stage; after the timeout it is suppressed in a {@link TimeoutException}. */
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
