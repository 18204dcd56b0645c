/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Removes the exceptions that {@code java.util.concurrent} wraps around a failure. Stateless. */
public final class Causes {

    private Causes() {}

    /**
     * Follows the causes to the first throwable that is neither a {@link CompletionException} nor an {@link ExecutionException}. Stops at a
     * wrapper that has no cause, whose cause was visited before, or whose {@code getCause} throws.
     */
    public static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        Set<Throwable> visited = isWrapper(failure) ? Collections.newSetFromMap(new IdentityHashMap<>()) : Set.of();
        while (isWrapper(inner)) {
            visited.add(inner);
            Throwable cause = causeOf(inner);
            if (cause == null || visited.contains(cause)) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof CompletionException || failure instanceof ExecutionException;
    }

    /** Guarded, because a subclass of a wrapper is user code. */
    private static @Nullable Throwable causeOf(Throwable wrapper) {
        try {
            return wrapper.getCause();
        } catch (Throwable fromUserCode) {
            return null;
        }
    }
}
