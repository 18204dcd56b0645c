/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.BatcherConfig;
import io.batcher.internal.StoreHooks;
import io.batcher.internal.delivery.Attempt;
import io.batcher.internal.delivery.FrozenBatch;
import io.batcher.internal.delivery.GivenUp;
import io.batcher.internal.delivery.Handler;
import io.batcher.internal.delivery.RetryVerdict;
import io.batcher.internal.partitions.DecodedItems;
import io.batcher.internal.partitions.EndedAttempt;
import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.partitions.ReadAhead;
import io.batcher.internal.partitions.Recording;
import io.batcher.internal.partitions.TransactionEnd;
import io.batcher.internal.report.Callbacks;
import io.batcher.internal.state.Engine;
import io.batcher.store.BatchRecord;
import io.batcher.store.DeadItem;
import io.batcher.store.Partition;
import io.batcher.store.PartitionLostException;
import io.batcher.store.Settlement;
import io.batcher.store.StoredItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run of the flush loop does in the store, on its thread and without the lock: it reads items, records attempts before they begin and
 * outcomes after them. A store that fails is asked again later; no thread waits for it.
 */
final class StoreDelivery<T> implements StoreHooks<T> {

    private final BatcherConfig<T> config;
    private final Engine<T> engine;
    private final Callbacks<T> callbacks;
    private final StoreParts<T> store;
    private final StoreFlushes<T> flushes;
    private final TransactionalHandlers<T> transactions;

    /** Called when an attempt has ended that close has continued without. */
    private volatile Runnable onAsideEnded = () -> {};

    StoreDelivery(
            BatcherConfig<T> config,
            Engine<T> engine,
            Callbacks<T> callbacks,
            StoreParts<T> store,
            StoreFlushes<T> flushes) {
        this.config = config;
        this.engine = engine;
        this.callbacks = callbacks;
        this.store = store;
        this.flushes = flushes;
        this.transactions = new TransactionalHandlers<>(config.name(), store.session());
    }

    void onAsideEnded(Runnable action) {
        onAsideEnded = action;
    }

    // ---- attempts

    @Override
    public boolean begin(Attempt<T> attempt) {
        PartitionLane<T> lane = PartitionLane.of(attempt.frozenBatch());
        try {
            lane.partition().begin(lane.record(attempt.frozenBatch()));
        } catch (PartitionLostException lost) {
            engine.update((machine, now, decision) -> machine.store().lost(attempt, now));
            return false;
        } catch (RuntimeException down) {
            store.failed("record the beginning of an attempt", "the attempt is made later", down);
            engine.update((machine, now, decision) -> machine.store().deferred(attempt, now));
            return false;
        }
        store.answered();
        callbacks.started(attempt.batch());
        if (!engine.signals().isClosing() || engine.read(machine -> lane.isInFlight(attempt))) {
            return true;
        }
        endAside(lane); // close has continued without it while the listener ran
        return false;
    }

    @Override
    public Handler<T> handler(FrozenBatch<T> batch, Handler<T> users) {
        return config.transactional() && users.sync() != null ? transactions.around(batch, users.sync()) : users;
    }

    @Override
    public void settle(Attempt<T> attempt) {
        try {
            settleInStore(attempt);
        } finally {
            if (engine.signals().isClosing()) {
                endAside(PartitionLane.of(attempt.frozenBatch()));
            }
        }
    }

    /** Forgets the attempt that close has continued without, if the lane has one. Its outcome is recorded, or is not going to be. */
    private void endAside(PartitionLane<T> lane) {
        if (engine.change((machine, now, decision) -> machine.store().endAside(lane, now))) {
            onAsideEnded.run();
        }
    }

    private void settleInStore(Attempt<T> attempt) {
        Throwable failure = attempt.failure();
        FrozenBatch<T> batch = attempt.frozenBatch();
        PartitionLane<T> lane = PartitionLane.of(batch);
        TransactionEnd transaction = lane.outcome().takeTransaction();
        switch (transaction) {
            case NOT_BEGUN -> {
                store.failed("begin the transaction of an attempt", "the attempt is made later", failure(attempt));
                engine.update((machine, now, decision) -> machine.store().deferred(attempt, now));
                return;
            }
            case NOT_RECORDED -> {
                store.failed(
                        "record an outcome in the transaction of the handler",
                        "the transaction was rolled back, and the attempt is made again",
                        failure(attempt));
                engine.update((machine, now, decision) -> machine.store().deferred(attempt, now));
                return;
            }
            case UNKNOWN -> {
                store.failed(
                        "commit the transaction of a handler",
                        "the store is asked what has become of it",
                        failure(attempt));
                engine.update((machine, now, decision) -> machine.store().undecided(attempt, now));
                return;
            }
            case LOST -> {
                engine.update((machine, now, decision) -> machine.store().fenced(lane, now));
                store.log().fenced(lane.partition().number());
                return;
            }
            case NONE, COMMITTED, ROLLED_BACK -> {}
        }
        boolean recordedBefore = transaction == TransactionEnd.COMMITTED;
        RetryVerdict verdict = failure == null
                ? null
                : RetryVerdict.of(
                        failure, batch.size(), batch.countedAttempts(), config.retry(), callbacks::isWorthRetry);
        Recording<T> recording = engine.change((machine, now, decision) ->
                        Optional.ofNullable(machine.store().ended(attempt, verdict, recordedBefore, now, decision)))
                .orElse(null);
        if (recording != null) {
            record(lane, recording);
        } else if (engine.read(machine -> lane.end().isLost())) {
            store.log().fenced(lane.partition().number());
        }
    }

    private static Throwable failure(Attempt<?> attempt) {
        return Objects.requireNonNull(attempt.failure());
    }

    /** Records an outcome. If the store fails, this alone is repeated later. */
    private void record(PartitionLane<T> lane, Recording<T> recording) {
        Settlement settlement = recording.settlement();
        long begin = engine.clock().nanoTime();
        if (settlement != null && !isSettled(lane, settlement)) {
            return;
        }
        Duration took = Duration.ofNanos(Math.max(0, engine.clock().nanoTime() - begin));
        List<StoredItem> gone = store.submits().isActive() ? handled(lane, recording) : List.of();
        engine.update((machine, now, decision) -> {
            Optional<Duration> retryIn = machine.store().recorded(lane, recording, now, decision);
            decision.report(() -> tell(recording, gone, retryIn, took));
        });
        flushes.check();
    }

    private boolean isSettled(PartitionLane<T> lane, Settlement settlement) {
        store.submits().recording(settlement);
        try {
            lane.partition().settle(settlement);
            store.answered();
            return true;
        } catch (PartitionLostException lost) {
            engine.update((machine, now, decision) -> machine.store().fenced(lane, now));
            store.log().fenced(lane.partition().number());
        } catch (RuntimeException down) {
            store.failed(
                    "record the outcome of an attempt", "it is recorded later, the handler is not called again", down);
            engine.update((machine, now, decision) -> machine.store().storeActionFailed(lane, now));
        }
        store.submits().recorded(settlement);
        return false;
    }

    /** Returns what is about to be settled as handled, while the lane still knows it. */
    private static <T> List<StoredItem> handled(PartitionLane<T> lane, Recording<T> recording) {
        List<StoredItem> items = new ArrayList<>();
        recording.handled().forEach(batch -> items.addAll(lane.itemsOf(batch)));
        return items;
    }

    /** Tells callbacks, then completes futures. */
    private void tell(Recording<T> recording, List<StoredItem> gone, Optional<Duration> retryIn, Duration recordTook) {
        EndedAttempt<T> ended = recording.ended();
        callbacks.recorded(recording.settledItems(), recordTook);
        if (ended.failure() != null && ended.batch() != null) {
            callbacks.failed(ended.batch(), ended.failure(), retryIn, ended.took());
        } else if (ended.batch() != null) {
            callbacks.handled(ended.batch(), ended.took());
        }
        for (GivenUp<T> letter : recording.letters()) {
            callbacks.notice(letter.toDeadLetter(config.name()));
        }
        if (recording.refusedItems() > 0) {
            store.log().refused(recording.refusedItems());
        }
        gone.forEach(item -> store.submits().settled(item.position(), null));
        if (recording.settlement() != null) {
            completeDead(recording.settlement().dead(), recording.letters());
            store.submits().recorded(recording.settlement());
        }
    }

    private void completeDead(List<DeadItem> dead, List<GivenUp<T>> letters) {
        int at = dead.size();
        for (int i = letters.size() - 1; i >= 0; i--) {
            for (int j = letters.get(i).batch().size(); j > 0; j--) {
                store.submits()
                        .settled(
                                dead.get(--at).item().position(), letters.get(i).cause());
            }
        }
        store.refused(dead.subList(0, at));
    }

    // ---- upkeep

    @Override
    public void upkeep(PartitionLane<T> lane) {
        switch (lane.storeAction()) {
            case RECORD -> record(lane, lane.outcome().recording());
            case RESTORE -> restore(lane);
            case MOVE_TO_DEAD_LETTERS -> moveToDeadLetters(lane);
            case READ -> read(lane);
            case RELEASE -> release(lane);
            case NONE -> throw new IllegalStateException("a lane was taken and has nothing to do");
        }
    }

    private void restore(PartitionLane<T> lane) {
        BatchRecord last;
        try {
            last = lane.partition().recorded().orElse(null);
        } catch (PartitionLostException lost) {
            lost(lane);
            return;
        } catch (RuntimeException down) {
            store.failed("read the last attempt", "it is read later", down);
            engine.update((machine, now, decision) -> machine.store().storeActionFailed(lane, now));
            return;
        }
        store.answered();
        DecodedItems<T> reading = store.decoder().decode(last == null ? List.of() : last.items(), List.of(), 0, true);
        Recording<T> recording = engine.change((machine, now, decision) ->
                        Optional.ofNullable(machine.store().restored(lane, last, reading, engine.clock(), now)))
                .orElse(null);
        if (reading.stop() != null) {
            store.log().stopped(lane.partition().number(), reading.stop());
        }
        if (recording != null) {
            record(lane, recording);
        }
    }

    private void read(PartitionLane<T> lane) {
        ReadAhead<T> ahead = lane.ahead();
        int most = ahead.most();
        long mostBytes = ahead.mostBytes();
        List<StoredItem> stored;
        try {
            stored = lane.partition().next(most, mostBytes);
        } catch (PartitionLostException lost) {
            lost(lane);
            return;
        } catch (RuntimeException down) {
            store.failed("read items", "they are read later", down);
            engine.update((machine, now, decision) -> machine.store().readFailed(lane, now));
            return;
        }
        store.answered();
        boolean full = stored.size() == most
                || bytes(stored) >= mostBytes / 2
                || (!stored.isEmpty() && lane.partition().hasMore());
        DecodedItems<T> reading = store.decoder().decode(stored, ahead.undecided(), ahead.refusedInARow(), !full);
        engine.update((machine, now, decision) -> machine.store().read(lane, reading, full, now));
        if (reading.stop() != null) {
            store.log().stopped(lane.partition().number(), reading.stop());
        }
        if (stored.isEmpty()) {
            flushes.check();
        }
    }

    private static long bytes(List<StoredItem> items) {
        return items.stream().mapToLong(item -> item.payload().length).sum();
    }

    private void moveToDeadLetters(PartitionLane<T> lane) {
        List<DeadItem> refused = lane.ahead().refused();
        try {
            lane.partition().moveToDeadLetters(refused);
        } catch (PartitionLostException lost) {
            lost(lane);
            return;
        } catch (RuntimeException down) {
            store.failed("move items to the dead letters", "they are moved later", down);
            engine.update((machine, now, decision) -> machine.store().storeActionFailed(lane, now));
            return;
        }
        store.answered();
        engine.update((machine, now, decision) -> machine.store().movedToDeadLetters(lane, now, decision));
        store.log().refused(refused.size());
        store.refused(refused);
    }

    private void lost(PartitionLane<T> lane) {
        Partition partition = lane.partition();
        engine.update((machine, now, decision) -> {
            machine.store().lost(partition, now);
            machine.loop().release(lane, now);
        });
    }

    private void release(PartitionLane<T> lane) {
        if (lane.end().isStopped()) {
            lane.partition().releaseForLease();
        } else {
            lane.partition().release();
        }
        engine.update((machine, now, decision) -> machine.store().released(lane, now));
        flushes.check();
    }
}
