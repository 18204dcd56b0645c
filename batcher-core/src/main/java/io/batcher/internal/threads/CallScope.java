/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.threads;

import org.jspecify.annotations.Nullable;

/**
 * Marks a thread as inside a handler or a callback of a batcher, where waiting for that batcher would never end. Threads that are started
 * inside inherit the mark, to tell whether the call may wait for them.
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

    /** The innermost scope of the thread that started this one. Set only in a scope without an owner, the outermost of its thread. */
    private final @Nullable CallScope startedIn;

    /** Null after the scope is closed: a thread that was started inside must not keep the batcher in memory. */
    private volatile @Nullable Object owner;

    private CallScope(@Nullable Object owner, @Nullable CallScope outer, @Nullable CallScope startedIn) {
        this.owner = owner;
        this.outer = outer;
        this.startedIn = startedIn;
    }

    /** Enters a scope. The same thread closes it. */
    public static CallScope enter(Object owner) {
        CallScope scope = new CallScope(owner, CURRENT.get(), null);
        CURRENT.set(scope);
        return scope;
    }

    /** Returns the innermost scope of the current thread; null if it is in none. */
    static @Nullable CallScope current() {
        CallScope scope = CURRENT.get();
        return scope == null || scope.startedIn != null ? null : scope;
    }

    /** Returns whether the current thread is inside a handler or a callback of any batcher. */
    static boolean isInsideAny() {
        return current() != null;
    }

    /** Returns whether the current thread is inside a scope of this owner. */
    public static boolean isInside(Object owner) {
        for (CallScope scope = CURRENT.get(); scope != null; scope = scope.outer) {
            if (scope.owner == owner) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether the thread inside this scope waits for the current thread, as far as can be detected: it has started the current
     * thread, and is blocked or has closed the scope; or it is inside {@code System.exit}, which waits for the shutdown hooks.
     */
    public boolean awaitsCurrentThread() {
        return isExiting() || (hasStartedCurrentThread() && (owner == null || isBlocked()));
    }

    /** Returns whether the thread is inside {@code System.exit}, from which it does not return. */
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

    /** False if the current thread is inside a call of its own. */
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
