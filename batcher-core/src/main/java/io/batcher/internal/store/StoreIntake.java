/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStoreException;
import io.batcher.Overflow;
import io.batcher.internal.Admission;
import io.batcher.internal.buffer.AddRequest;
import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.report.Refusals;
import io.batcher.internal.state.AdmitResult.Outcome;
import io.batcher.internal.state.Engine;
import io.batcher.store.NewItem;
import io.batcher.store.Position;
import io.batcher.store.StoreCount;
import io.batcher.store.StoreTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adds items to the store, on the adding thread: asks for room, appends them, in the transaction of the thread if the store takes part in
 * it, and wakes the lanes. Returns when they are durable. Thread-safe.
 */
final class StoreIntake<T> {

    /** How often a call that waits for a store that is down asks it. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final Admission<T> admission;
    private final Callbacks<T> callbacks;
    private final StoreParts<T> store;
    private final StorePoller<T> poller;

    StoreIntake(
            BatcherConfig<T> config,
            Engine<T> engine,
            Admission<T> admission,
            Callbacks<T> callbacks,
            StoreParts<T> store,
            StorePoller<T> poller) {
        this.config = config;
        this.engine = engine;
        this.admission = admission;
        this.callbacks = callbacks;
        this.store = store;
        this.poller = poller;
    }

    /**
     * Adds items. A call that joins a transaction never waits.
     *
     * @param mayWait whether the call waits for room, or for a store that is down, under {@link Overflow#BLOCK}
     * @param future completed when the only item is settled; null if the caller did not ask for it
     * @throws BatcherStoreException if the store fails
     */
    Outcome add(List<? extends T> items, boolean mayWait, @Nullable CompletableFuture<Void> future) {
        List<NewItem> written = store.encoder().encode(items);
        try {
            return add(items, written, mayWait, future);
        } catch (RuntimeException failure) {
            if (StoreParts.isClosed(engine, failure)) {
                return Outcome.CLOSED;
            }
            throw failure;
        }
    }

    private Outcome add(
            List<? extends T> items, List<NewItem> written, boolean mayWait, @Nullable CompletableFuture<Void> future) {
        StoreTransaction transaction = currentTransaction();
        boolean waits = mayWait
                && transaction == null
                && config.overflow() == Overflow.BLOCK
                && !config.maxBlock().isZero()
                && !engine.isInsideCallback();
        long begin = engine.clock().nanoTime();
        Outcome outcome = room(new AddRequest<>(items, null, null), waits);
        if (outcome != Outcome.ACCEPTED || written.isEmpty()) {
            return outcome;
        }
        boolean reserved = true;
        if (future != null) {
            store.submits().adding();
        }
        try {
            if (transaction != null) {
                join(transaction, written, future);
            } else {
                stored(written, append(written, waits, begin), future);
            }
            reserved = false;
        } finally {
            if (reserved) {
                notStored(written.size(), future);
            }
        }
        return outcome;
    }

    private @Nullable StoreTransaction currentTransaction() {
        return store.session().currentTransaction().orElse(null);
    }

    /** Asks for room. A count may be old if others take items out too: before a call is rejected, the store is asked. */
    private Outcome room(AddRequest<T> request, boolean waits) {
        if (waits) {
            return admission.admitAtOnceOr(request, () -> {
                if (store.session().isShared()) {
                    count();
                }
                poller.wake();
            });
        }
        if (store.session().isShared()
                && !engine.read(machine -> machine.store().lanes().room().fits(request.size()))) {
            count();
        }
        return admission.admitAtOnce(request);
    }

    private void count() {
        long accepted =
                engine.<Long>read(machine -> machine.store().lanes().room().accepted());
        StoreCount count = store.session().count();
        engine.update((machine, now, decision) -> machine.store().counted(count, accepted, now, decision));
    }

    // ---- without a transaction

    private List<Position> append(List<NewItem> items, boolean waits, long since) {
        while (true) {
            long begin = engine.clock().nanoTime();
            try {
                List<Position> positions = store.session().append(items);
                store.answered();
                callbacks.stored(
                        items.size(),
                        Duration.ofNanos(Math.max(0, engine.clock().nanoTime() - begin)));
                return positions;
            } catch (BatcherStoreException down) {
                store.health().failed(down);
                long left = since + config.maxBlock().toNanos() - engine.clock().nanoTime();
                if (!waits
                        || down.outcomeUnknown()
                        || left <= 0
                        || engine.signals().isClosing()) {
                    if (down.outcomeUnknown()) {
                        poller.wantCount(true);
                    }
                    throw down;
                }
                await(Math.min(left, ASK_AGAIN_NANOS), down);
            }
        }
    }

    private void await(long nanos, BatcherStoreException cause) {
        try {
            engine.clock().await(new CountDownLatch(1), nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cause;
        }
    }

    private void stored(List<NewItem> items, List<Position> positions, @Nullable CompletableFuture<Void> future) {
        wake(items);
        if (future != null) {
            store.submits().added(positions.get(0), future);
            poller.wake();
        }
    }

    private void notStored(int items, @Nullable CompletableFuture<Void> future) {
        engine.update((machine, now, decision) -> machine.store().notAdded(items, now, decision));
        if (future != null) {
            store.submits().notAdded();
        }
    }

    /** Counts what is stored, and files the lanes that get it again where that may matter. */
    private void wake(List<NewItem> items) {
        List<PartitionLane<T>> changed = changed(items);
        engine.update((machine, now, decision) -> {
            machine.store().added(items.size(), now);
            changed.forEach(lane -> machine.store().available(lane, now));
        });
    }

    private List<PartitionLane<T>> changed(List<NewItem> items) {
        if (items.size() == 1) {
            PartitionLane<T> lane = store.lanes().owned(items.get(0).partition());
            return lane != null && lane.ahead().added(1) ? List.of(lane) : List.of();
        }
        Map<Integer, Integer> counts = new HashMap<>();
        items.forEach(item -> counts.merge(item.partition(), 1, Integer::sum));
        List<PartitionLane<T>> changed = new ArrayList<>();
        counts.forEach((partition, count) -> {
            PartitionLane<T> lane = store.lanes().owned(partition);
            if (lane != null && lane.ahead().added(count)) {
                changed.add(lane);
            }
        });
        return changed;
    }

    // ---- in a transaction

    private void join(StoreTransaction transaction, List<NewItem> items, @Nullable CompletableFuture<Void> future) {
        List<Position> positions = transaction.append(items);
        transaction.afterCompletion(outcome -> ended(outcome, items, positions, future));
    }

    /** Runs on the thread that has ended the transaction. */
    private void ended(
            StoreTransaction.Outcome outcome,
            List<NewItem> items,
            List<Position> positions,
            @Nullable CompletableFuture<Void> future) {
        if (outcome == StoreTransaction.Outcome.COMMITTED) {
            stored(items, positions, future);
            return;
        }
        notStored(items.size(), future);
        if (outcome == StoreTransaction.Outcome.UNKNOWN) {
            poller.wantCount(true);
        }
        if (future != null) {
            future.completeExceptionally(Refusals.notCommitted(config, outcome));
        }
    }
}
