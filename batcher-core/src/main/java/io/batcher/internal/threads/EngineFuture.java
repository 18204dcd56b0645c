/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A future that the engine hands out. Joining it inside a handler is a mistake, because it can complete only after the handler has
 * returned; here the interrupt of {@code handlerTimeout} ends it, which the join of any other future ignores.
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
                // it is done now: join tells how
            }
        }
        return super.join();
    }
}
