/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.handler;

import java.util.Map;

/** What is current on the thread while a handler method is called: a trace, for example. */
@FunctionalInterface
public interface HandlerScope {

    /** Nothing is. */
    HandlerScope NONE = batcher -> () -> {};

    /** Makes current what belongs to the batch that the batcher delivers now. */
    Scope open(String batcher);

    /** Ends the scope, on the thread that opened it. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {

        /** What a publisher finds in its context, which does not look at threads; nothing unless there is more to say. */
        default Map<String, Object> context() {
            return Map.of();
        }

        @Override
        void close();
    }
}
