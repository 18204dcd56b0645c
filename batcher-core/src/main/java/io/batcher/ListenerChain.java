/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls several listeners in order, each of them even if an earlier one has thrown. The exception of a single listener is rethrown
 * unchanged. The exceptions of several are wrapped in a new one: they may be shared, so nothing is added to them.
 */
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
    public void onStored(String batcher, int items, Duration took) {
        each(listener -> listener.onStored(batcher, items, took));
    }

    @Override
    public void onRecorded(String batcher, int items, Duration took) {
        each(listener -> listener.onRecorded(batcher, items, took));
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
        List<Throwable> thrown = new ArrayList<>(0);
        for (BatcherListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable t) {
                thrown.add(t);
            }
        }
        if (thrown.size() == 1) {
            ListenerChain.<RuntimeException>rethrow(thrown.get(0));
        } else if (!thrown.isEmpty()) {
            IllegalStateException all = new IllegalStateException(thrown.size() + " listeners threw", thrown.get(0));
            thrown.subList(1, thrown.size()).forEach(all::addSuppressed);
            throw all;
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void rethrow(Throwable t) throws E {
        throw (E) t;
    }
}
