/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts a call of user code at its timeout. The interrupt never outlives the call: when the call ends, its thread waits for a pending
 * interrupt and clears it.
 */
public final class CallTimeout {

    private enum State {
        /** The call is running. */
        RUNNING,
        /** The timeout has fired; the interrupt is pending. */
        INTERRUPTING,
        /** The thread was interrupted. */
        INTERRUPTED,
        /** The call has ended before the timeout. */
        ENDED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    /** The thread that makes the call: not always the one that created the attempt, which may have been waiting for its permit. */
    private volatile @Nullable Thread thread;

    /** Called by the thread that makes the call, before it and before {@link #fire}. */
    public void begin() {
        thread = Thread.currentThread();
    }

    /** Called when the timeout fires, on a thread of its own. */
    public void fire() {
        if (state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            Objects.requireNonNull(thread).interrupt();
            state.set(State.INTERRUPTED);
        }
    }

    /** Called once when the call has returned, by its thread. Returns whether the timeout fired before. */
    public boolean end() {
        if (state.compareAndSet(State.RUNNING, State.ENDED)) {
            return false;
        }
        while (state.get() == State.INTERRUPTING) {
            Thread.onSpinWait(); // the other thread is between two statements
        }
        Thread.interrupted();
        return true;
    }
}
