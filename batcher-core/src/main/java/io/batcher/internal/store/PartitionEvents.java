/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.internal.partitions.PartitionLane;
import io.batcher.internal.partitions.PartitionLanes;
import io.batcher.internal.report.StoreLog;
import io.batcher.internal.state.Engine;
import io.batcher.store.Partition;
import io.batcher.store.PartitionListener;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes what the store tells of partitions to the engine. Called on threads of the store, on which the loop must not run: it would block
 * them. Thread-safe.
 */
final class PartitionEvents<T> implements PartitionListener {

    private final StoreLog log;
    private volatile @Nullable Engine<T> engine;
    private volatile @Nullable PartitionLanes<T> lanes;

    /** Called when items are damaged, so that they are counted again. */
    private volatile Runnable onDamage = () -> {};

    PartitionEvents(StoreLog log) {
        this.log = log;
    }

    /** Completes the construction. Before that the store has partitions for nobody. */
    void connect(Engine<T> engine, PartitionLanes<T> lanes, Runnable onDamage) {
        this.lanes = lanes;
        this.onDamage = onDamage;
        this.engine = engine;
    }

    @Override
    public void gained(Partition partition) {
        update((machine, now, decision) -> machine.store().gained(partition, now));
    }

    @Override
    public void revoked(Partition partition) {
        update((machine, now, decision) -> machine.store().revoked(partition, now));
    }

    @Override
    public void lost(Partition partition) {
        update((machine, now, decision) -> machine.store().lost(partition, now));
    }

    @Override
    public void available(Partition partition) {
        PartitionLanes<T> known = lanes;
        PartitionLane<T> lane = known == null ? null : known.of(partition);
        if (lane != null && lane.ahead().mayBecomeAvailable()) {
            update((machine, now, decision) -> machine.store().available(lane, now));
        }
    }

    @Override
    public void damaged(int partition, long items, String what) {
        log.damaged(partition, items, what);
        onDamage.run();
    }

    private void update(Engine.Update<T> update) {
        Objects.requireNonNull(engine).changeWithoutRunningHere((machine, now, decision) -> {
            update.make(machine, now, decision);
            return true;
        });
    }
}
