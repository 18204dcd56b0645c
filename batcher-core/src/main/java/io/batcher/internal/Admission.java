/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal;

import io.batcher.BatcherConfig;
import io.batcher.Overflow;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.buffer.ItemBuffer;
import io.batcher.internal.buffer.Items;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.AdmitResult;
import io.batcher.internal.state.AdmitResult.Outcome;
import io.batcher.internal.state.Engine;
import io.batcher.internal.threads.CallScope;
import java.util.List;

/**
 * Admits items that found no slot of the {@link ItemBuffer} to claim: asks for a transition, waits for room where it may, reports what was
 * dropped. Thread-safe.
 */
public final class Admission<T> {

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;

    Admission(BatcherConfig<T> config, Engine<T> engine, Callbacks<T> callbacks) {
        this.config = config;
        this.engine = engine;
        this.callbacks = callbacks;
    }

    /** Admits the items, or returns why not. Waits for room only under {@link Overflow#BLOCK}, and not inside a handler or callback. */
    Outcome admit(AddRequest<T> request) {
        boolean mayWait =
                config.overflow() == Overflow.BLOCK && !config.maxBlock().isZero() && !engine.isInsideCallback();
        return admit(request, mayWait);
    }

    /** As {@link #admit(AddRequest)}, but never waits. */
    public Outcome admitAtOnce(AddRequest<T> request) {
        return admit(request, false);
    }

    /**
     * As {@link #admit(AddRequest)}, for a call that may wait.
     *
     * @param beforeWait called, without the lock, when the call has begun to wait
     */
    public Outcome admitAtOnceOr(AddRequest<T> request, Runnable beforeWait) {
        AdmitResult<T> result =
                engine.change((machine, now, decision) -> machine.admit(request, true, false, now, decision));
        if (result.outcome() != Outcome.WAITING) {
            return result.outcome();
        }
        try {
            beforeWait.run();
        } catch (RuntimeException fromStore) {
            engine.update((machine, now, decision) -> machine.withdrawUnlessDecided(request, now, decision));
            if (request.outcome() == AddRequest.Outcome.PLACED) {
                return Outcome.ACCEPTED; // room was reserved meanwhile: the caller has to use it or to give it back
            }
            throw fromStore;
        }
        return awaitRoom(request);
    }

    private Outcome admit(AddRequest<T> request, boolean mayWait) {
        // What onDrop, or a dependent of a dropped item's future, adds must not drop: there would be no end to it.
        boolean mayDrop = !CallScope.isInside(this);
        AdmitResult<T> result =
                engine.change((machine, now, decision) -> machine.admit(request, mayWait, mayDrop, now, decision));
        if (result.outcome() == Outcome.WAITING) {
            return awaitRoom(request);
        }
        if (!result.evicted().isEmpty()) {
            result.evicted().forEach(slice -> reportEvicted(slice.items()));
        }
        if (result.outcome() == Outcome.DROPPED) {
            reportDropped(request.items());
        }
        return result.outcome();
    }

    private Outcome awaitRoom(AddRequest<T> request) {
        boolean interrupted = false;
        try {
            engine.clock().await(request.settled(), config.maxBlock().toNanos());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (request.settled().getCount() > 0) { // else the outcome is known and does not change
                engine.update((machine, now, decision) -> machine.withdrawUnlessDecided(request, now, decision));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return switch (request.outcome()) {
            case PLACED -> Outcome.ACCEPTED;
            case CLOSED -> Outcome.CLOSED;
            case WAITING -> Outcome.FULL;
        };
    }

    private void reportEvicted(Items<T> items) {
        insideDrop(() -> {
            callbacks.dropped(items.list());
            items.complete(Refusals.full(config));
        });
    }

    private void reportDropped(List<? extends T> items) {
        insideDrop(() -> callbacks.dropped(items));
    }

    private void insideDrop(Runnable report) {
        try (CallScope callback = engine.enterCallback();
                CallScope drop = CallScope.enter(this)) {
            report.run();
        }
    }
}
