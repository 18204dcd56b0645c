/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.delivery;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Interrupts one call of user code when its time is over, and sees to it that the interrupt never outlives the call: whoever
 * ends the call waits for an interrupt that is on its way, then clears it.
 */
public final class CallTimeout {

    private enum State {
        /** The call runs. */
        RUNNING,
        /** The time is over, the interrupt on its way. */
        INTERRUPTING,
        /** The thread was interrupted. */
        INTERRUPTED,
        /** The call has ended in time. */
        ENDED
    }

    private final Thread thread = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    /** The time is over. Called by the timer. */
    public void fire() {
        if (state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            thread.interrupt();
            state.set(State.INTERRUPTED);
        }
    }

    /** The call has returned. Called once, by the thread that made the call. Returns whether the time was over before. */
    public boolean end() {
        if (state.compareAndSet(State.RUNNING, State.ENDED)) {
            return false;
        }
        while (state.get() == State.INTERRUPTING) {
            Thread.onSpinWait(); // the timer is between two statements
        }
        Thread.interrupted();
        return true;
    }
}
