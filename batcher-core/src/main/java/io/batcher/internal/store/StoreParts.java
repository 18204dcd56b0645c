/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.store;

import io.batcher.BatcherConfig;
import io.batcher.BatcherStoreException;
import io.batcher.internal.partitions.ItemDecoder;
import io.batcher.internal.partitions.ItemEncoder;
import io.batcher.internal.partitions.PartitionLanes;
import io.batcher.internal.partitions.PendingSubmits;
import io.batcher.internal.partitions.StoreHealth;
import io.batcher.internal.partitions.StoreRoom;
import io.batcher.internal.report.StoreLog;
import io.batcher.internal.state.Engine;
import io.batcher.store.DeadItem;
import io.batcher.store.ItemStore;
import io.batcher.store.StoreContext;
import io.batcher.store.StoreSession;
import java.util.List;
import java.util.Objects;

/** What a batcher with a store consists of beside the engine. Thread-safe, but {@link #lanes} are guarded by the batcher's lock. */
record StoreParts<T>(
        StoreSession session,
        PartitionLanes<T> lanes,
        ItemDecoder<T> decoder,
        ItemEncoder<T> encoder,
        PendingSubmits submits,
        StoreHealth health,
        StoreLog log) {

    /**
     * Opens the store of a batcher. No partition is acquired before {@link StoreSession#start}.
     *
     * @throws IllegalArgumentException if the store cannot record batches of the configured size
     */
    static <T> StoreParts<T> open(BatcherConfig<T> config, PartitionEvents<T> events, StoreLog log) {
        ItemStore store = Objects.requireNonNull(config.store());
        StoreSession session = store.open(new StoreContext(config.name(), config.partitions(), config.clock(), events));
        try {
            if (config.maxBatchSize() > session.maxBatchSize()) {
                throw new IllegalArgumentException("maxBatchSize must not be more than what the store of kind "
                        + store.kind() + " records of a batch, but " + config.maxBatchSize() + " > "
                        + session.maxBatchSize() + "; lower maxBatchSize or use another store");
            }
            StoreRoom<T> room = new StoreRoom<>(
                    config.capacity(),
                    session.isShared(),
                    session.count(),
                    config.clock().nanoTime());
            StoreHealth health = new StoreHealth();
            return new StoreParts<>(
                    session,
                    new PartitionLanes<>(config, session.partitions(), room, health),
                    new ItemDecoder<>(config),
                    new ItemEncoder<>(config, session.partitions()),
                    new PendingSubmits(),
                    health,
                    log);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Records that the store has failed to do something, and logs it. */
    void failed(String what, String consequence, Throwable thrown) {
        health.failed(thrown);
        log.failed(what, consequence, thrown);
    }

    /** Records that the store has answered. */
    void answered() {
        if (health.answered()) {
            log.answers();
        }
    }

    /**
     * Returns whether a call of the store has failed because the batcher was closed meanwhile: then the caller is told that, as after close. Not
     * if the call may have had an effect.
     */
    static boolean isClosed(Engine<?> engine, RuntimeException failure) {
        boolean mayHaveEffect = failure instanceof BatcherStoreException store && store.outcomeUnknown();
        return engine.signals().isClosing() && !mayHaveEffect;
    }

    /** Fails the futures of submitted items that the codec has refused. */
    void refused(List<DeadItem> items) {
        if (submits.isActive()) {
            items.forEach(dead -> submits.settled(
                    dead.item().position(),
                    new BatcherStoreException(
                            "the codec cannot read the stored item (" + dead.errorType()
                                    + "); it was moved to the dead letters",
                            null)));
        }
    }
}
