/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.report;

import io.batcher.Batch;
import io.batcher.BatchFailure;
import io.batcher.BatcherConfig;
import io.batcher.DeadLetter;
import io.batcher.RetryAfterException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the user's callbacks and listeners, never with a lock held. An exception from one is logged and ignored, except from the
 * dead-letter callback: it has not taken its items then.
 */
public final class Callbacks<T> {

    private final BatcherConfig<T> config;
    private final Log log;

    public Callbacks(BatcherConfig<T> config, Log log) {
        this.config = config;
        this.log = log;
    }

    public void started(Batch<T> batch) {
        guarded("onBatchStarted", () -> config.listener().onBatchStarted(config.name(), batch));
    }

    public void handled(Batch<T> batch, Duration took) {
        log.attemptSucceeded();
        log.attemptEnded();
        log.endDropBurst();
        guarded("onBatchHandled", () -> config.listener().onBatchHandled(config.name(), batch, took));
    }

    public void failed(Batch<T> batch, Throwable cause, Optional<Duration> retryIn, Duration took) {
        if (cause instanceof VirtualMachineError) {
            log.virtualMachineError(cause);
        }
        BatchFailure<T> failure = new BatchFailure<>(config.name(), batch, cause, retryIn);
        Consumer<? super BatchFailure<T>> onError = config.onError();
        if (onError != null) {
            guarded("onError", () -> onError.accept(failure));
        } else if (cause instanceof RetryAfterException) {
            log.rests(cause);
        } else {
            log.attemptFailed(batch.id(), batch.size(), batch.attempt(), cause);
        }
        log.attemptEnded();
        guarded("onBatchFailed", () -> config.listener().onBatchFailed(failure, took));
    }

    /** Asks the retry policy whether to try again. A predicate that throws counts as yes, so that nothing is lost. */
    public boolean isWorthRetry(Throwable cause) {
        try {
            return config.retry().retryOn().test(cause);
        } catch (Throwable t) {
            log.callbackFailed("retryOn", t);
            return true;
        }
    }

    /** Offers items that were given up to the dead-letter callback. Returns what it threw; null if it has taken them. */
    public @Nullable Throwable offer(DeadLetter<T> letter) {
        if (config.onDeadLetter() == null) {
            log.givenUp(letter.items().size(), letter.attempts(), letter.cause());
            return null;
        }
        try {
            config.onDeadLetter().accept(letter);
            return null;
        } catch (Throwable t) {
            log.deadLetterNotTaken(t);
            return t;
        }
    }

    /** Tells of items that were moved to the dead letters of the store. Once: they are kept there whatever the callback does. */
    public void notice(DeadLetter<T> letter) {
        Consumer<? super DeadLetter<T>> onDeadLetter = config.onDeadLetter();
        if (onDeadLetter == null) {
            log.movedToDeadLetters(letter.items().size(), letter.attempts(), letter.cause());
        } else {
            guarded("onDeadLetter", () -> onDeadLetter.accept(letter));
        }
        deadLettered(letter);
    }

    public void stored(int items, Duration took) {
        guarded("onStored", () -> config.listener().onStored(config.name(), items, took));
    }

    public void recorded(int items, Duration took) {
        guarded("onRecorded", () -> config.listener().onRecorded(config.name(), items, took));
    }

    /** Offers items that are left after close to the dead-letter callback. Returns whether it has taken them. */
    public boolean offerLast(DeadLetter<T> letter) {
        if (config.onDeadLetter() == null) {
            return false;
        }
        try {
            config.onDeadLetter().accept(letter);
            return true;
        } catch (Throwable t) {
            log.lastDeadLetterNotTaken(t);
            return false;
        }
    }

    public boolean takesDeadLetters() {
        return config.onDeadLetter() != null;
    }

    public void deadLettered(DeadLetter<T> letter) {
        guarded("onDeadLetter of a listener", () -> config.listener().onDeadLetter(letter));
    }

    public void dropped(List<? extends T> items) {
        Consumer<? super T> onDrop = config.onDrop();
        if (onDrop == null) {
            log.dropped(items.size());
        } else {
            items.forEach(item -> guarded("onDrop", () -> onDrop.accept(item)));
        }
        guarded("onDropped", () -> config.listener().onDropped(config.name(), items.size()));
    }

    public void paused() {
        log.paused();
        guarded("onPaused", () -> config.listener().onPaused(config.name()));
    }

    public void resumed() {
        log.resumed();
        guarded("onResumed", () -> config.listener().onResumed(config.name()));
    }

    /** Calls user code; an exception is logged by the name of the callback and ignored. */
    public void guarded(String name, Runnable call) {
        try {
            call.run();
        } catch (Throwable t) {
            log.callbackFailed(name, t);
        }
    }
}
