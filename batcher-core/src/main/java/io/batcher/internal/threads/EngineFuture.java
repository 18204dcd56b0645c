/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A future that the engine returns to callers. A handler must not join it, because it completes only after the handler has returned. If
 * one does, the interrupt of {@code handlerTimeout} ends the join; {@link CompletableFuture#join} would ignore it.
 */
public final class EngineFuture<V> extends CompletableFuture<V> {

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new EngineFuture<>();
    }

    @Override
    public V join() {
        if (!isDone() && CallScope.isInsideAny()) {
            try {
                get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(
                        "interrupted while joining a future of the batcher inside its handler", e);
            } catch (ExecutionException e) {
                // done now: join() reports the outcome
            }
        }
        return super.join();
    }
}
