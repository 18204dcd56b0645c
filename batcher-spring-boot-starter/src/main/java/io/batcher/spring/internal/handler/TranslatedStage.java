/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The end of a stage, its failure translated. Cancelling it cancels the stage. */
final class TranslatedStage extends CompletableFuture<@Nullable Void> {

    private final CompletionStage<?> stage;

    private TranslatedStage(CompletionStage<?> stage) {
        this.stage = stage;
    }

    static CompletionStage<?> of(CompletionStage<?> stage, UnaryOperator<Throwable> translation) {
        TranslatedStage translated = new TranslatedStage(stage);
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                translated.complete(null);
            } else {
                translated.fail(failure, translation);
            }
        });
        return translated;
    }

    /** Ends the stage whatever the translation does. */
    private void fail(Throwable failure, UnaryOperator<Throwable> translation) {
        Throwable translated = failure;
        try {
            translated = translation.apply(failure);
        } finally {
            completeExceptionally(translated);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            stage.toCompletableFuture().cancel(mayInterruptIfRunning);
        }
        return cancelled;
    }
}
