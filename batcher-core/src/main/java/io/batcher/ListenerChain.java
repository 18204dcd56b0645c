/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Several listeners as one, in order. One that throws does not keep the others from hearing; what it threw is passed on. */
final class ListenerChain implements BatcherListener {

    private final List<BatcherListener> listeners;

    ListenerChain(List<BatcherListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onBatchStarted(String batcher, Batch<?> batch) {
        each(listener -> listener.onBatchStarted(batcher, batch));
    }

    @Override
    public void onBatchHandled(String batcher, Batch<?> batch, Duration took) {
        each(listener -> listener.onBatchHandled(batcher, batch, took));
    }

    @Override
    public void onBatchFailed(BatchFailure<?> failure, Duration took) {
        each(listener -> listener.onBatchFailed(failure, took));
    }

    @Override
    public void onDropped(String batcher, int items) {
        each(listener -> listener.onDropped(batcher, items));
    }

    @Override
    public void onDeadLetter(DeadLetter<?> letter) {
        each(listener -> listener.onDeadLetter(letter));
    }

    @Override
    public void onPaused(String batcher) {
        each(listener -> listener.onPaused(batcher));
    }

    @Override
    public void onResumed(String batcher) {
        each(listener -> listener.onResumed(batcher));
    }

    private void each(Consumer<BatcherListener> event) {
        Throwable first = null;
        for (BatcherListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable t) {
                if (first == null) {
                    first = t;
                } else if (first != t) {
                    first.addSuppressed(t);
                }
            }
        }
        if (first != null) {
            ListenerChain.<RuntimeException>rethrow(first);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable t) throws E {
        throw (E) t;
    }
}
