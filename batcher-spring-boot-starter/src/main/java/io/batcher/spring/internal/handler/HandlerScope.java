/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import io.batcher.Batch;
import java.util.Map;

/** Establishes thread-bound context, such as a trace, while a handler method is called. */
@FunctionalInterface
public interface HandlerScope {

    /** Establishes nothing. */
    HandlerScope NONE = batch -> () -> {};

    /** Opens a scope for a batch that is being delivered. */
    Scope open(Batch<?> batch);

    /** A scope, to be closed on the thread that opened it. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {

        /** Returns entries for the Reactor context, which is not bound to threads. */
        default Map<String, Object> context() {
            return Map.of();
        }

        @Override
        void close();
    }
}
