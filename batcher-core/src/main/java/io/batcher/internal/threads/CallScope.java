/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import org.jspecify.annotations.Nullable;

/**
 * Knows whether a thread is inside a handler or a callback of a batcher, where waiting for that batcher would never end, and whether it
 * was started there by a call that has not returned.
 */
public final class CallScope implements AutoCloseable {

    private static final ThreadLocal<@Nullable CallScope> CURRENT = new InheritableThreadLocal<@Nullable CallScope>() {
        @Override
        protected @Nullable CallScope childValue(@Nullable CallScope parent) {
            return parent == null ? null : new CallScope(null, null, parent);
        }
    };

    private final Thread thread = Thread.currentThread();
    private final @Nullable CallScope outer;

    /** The innermost scope of the thread that started this one; only in the outermost scope of a thread, which has no owner. */
    private final @Nullable CallScope startedIn;

    /** Null when the scope is closed: a thread that was started inside must not keep the batcher in memory. */
    private volatile @Nullable Object owner;

    private CallScope(@Nullable Object owner, @Nullable CallScope outer, @Nullable CallScope startedIn) {
        this.owner = owner;
        this.outer = outer;
        this.startedIn = startedIn;
    }

    /** Enters; the same thread closes it. */
    public static CallScope enter(Object owner) {
        CallScope scope = new CallScope(owner, CURRENT.get(), null);
        CURRENT.set(scope);
        return scope;
    }

    /** Returns the innermost scope of the thread; null if it is in none. */
    static @Nullable CallScope current() {
        CallScope scope = CURRENT.get();
        return scope == null || scope.startedIn != null ? null : scope;
    }

    /** Whether the thread is inside a handler or a callback of any batcher. */
    static boolean isInsideAny() {
        return current() != null;
    }

    public static boolean isInside(Object owner) {
        for (CallScope scope = CURRENT.get(); scope != null; scope = scope.outer) {
            if (scope.owner == owner) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the thread inside this scope waits for the current thread, as far as that can be told: it has started it and is blocked or has
     * left the scope to a stage; or it is inside {@code System.exit}, which waits for the shutdown hooks.
     */
    public boolean awaitsCurrentThread() {
        return isExiting() || (hasStartedCurrentThread() && (owner == null || isBlocked()));
    }

    /** Whether the thread is inside {@code System.exit}, from which it does not return. */
    public boolean isExiting() {
        if (owner != null && isBlocked()) {
            for (StackTraceElement frame : thread.getStackTrace()) {
                if (frame.getClassName().equals("java.lang.Runtime")
                        && frame.getMethodName().equals("exit")) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isBlocked() {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            default -> false;
        };
    }

    /** Not of a thread that is inside a call of its own. */
    private boolean hasStartedCurrentThread() {
        CallScope first = CURRENT.get();
        CallScope scope = first == null ? null : first.startedIn;
        while (scope != null && scope != this) {
            scope = scope.startedIn == null ? scope.outer : scope.startedIn;
        }
        return scope != null;
    }

    @Override
    public void close() {
        owner = null;
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
