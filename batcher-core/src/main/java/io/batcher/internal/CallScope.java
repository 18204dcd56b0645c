/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import org.jspecify.annotations.Nullable;

/** Knows whether a thread is inside a handler or a callback of a batcher, where waiting for that batcher would never end. */
final class CallScope implements AutoCloseable {

    private static final ThreadLocal<@Nullable CallScope> CURRENT = new ThreadLocal<>();

    private final Object owner;
    private final @Nullable CallScope outer = CURRENT.get();

    private CallScope(Object owner) {
        this.owner = owner;
    }

    /** Enters; the same thread closes it. */
    static CallScope enter(Object owner) {
        CallScope scope = new CallScope(owner);
        CURRENT.set(scope);
        return scope;
    }

    /** Whether the thread is inside a handler or a callback of any batcher. */
    static boolean isInsideAny() {
        return CURRENT.get() != null;
    }

    static boolean isInside(Object owner) {
        for (CallScope scope = CURRENT.get(); scope != null; scope = scope.outer) {
            if (scope.owner == owner) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
