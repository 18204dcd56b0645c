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
 * Calls the user's callbacks and listeners, by name. What one throws is logged and changes nothing, save for the dead-letter
 * callback, which has to take its items. Never called with a lock held.
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
        log.roomAgain();
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

    /** Whether the retry policy wants another attempt; a predicate that throws counts as yes, because then nothing is lost. */
    public boolean isWorthRetry(Throwable cause) {
        try {
            return config.retry().retryOn().test(cause);
        } catch (Throwable t) {
            log.callbackFailed("retryOn", t);
            return true;
        }
    }

    /** Offers given-up items to the dead-letter callback. Returns what it threw; null if it has taken them. */
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

    /** Offers items that nobody will deliver any more to the dead-letter callback. Returns whether it has taken them. */
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

    /** Calls code of the user's that must not disturb. */
    public void guarded(String name, Runnable call) {
        try {
            call.run();
        } catch (Throwable t) {
            log.callbackFailed(name, t);
        }
    }
}
