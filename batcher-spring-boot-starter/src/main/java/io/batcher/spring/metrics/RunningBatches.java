/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.metrics;

import io.batcher.Batch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Values of the attempts that are running, one for each batch id. What runs before the handler delays it, so most attempts need no id,
 * which is built on demand, and no map: a slot of an array holds their batch, which is the same object from the start to the end of an
 * attempt. An attempt whose slot is taken goes to a map by its id.
 *
 * <p>Thread-safe, except that one attempt is added and removed by one thread after the other.
 */
final class RunningBatches<V> {

    private static final int SLOT_BITS = 4;

    /** Multiplicative hashing: the upper bits depend on all bits of the factor. */
    private static final int SPREAD = 0x9E3779B9;

    private final AtomicReferenceArray<@Nullable Running<V>> slots = new AtomicReferenceArray<>(1 << SLOT_BITS);
    private final Map<String, V> others = new ConcurrentHashMap<>();

    private record Running<V>(Batch<?> batch, V value) {

        @SuppressWarnings("ReferenceEquality") // equal batches may run at the same time
        boolean isOf(Batch<?> other) {
            return batch == other;
        }
    }

    /** Adds the value of an attempt. Replaces one of the same batch that has started and was never reported to end. */
    void add(Batch<?> batch, V value) {
        Running<V> added = new Running<>(batch, value);
        int slot = slotOf(batch);
        if (slots.compareAndSet(slot, null, added)) {
            if (!others.isEmpty()) {
                others.remove(batch.id());
            }
            return;
        }
        Running<V> occupant = slots.get(slot);
        boolean isSame = occupant != null && occupant.batch().id().equals(batch.id());
        if (!isSame || !slots.compareAndSet(slot, occupant, added)) {
            others.put(batch.id(), value);
        }
    }

    /** Returns the value of an attempt; null if there is none. */
    @Nullable V get(Batch<?> batch) {
        Running<V> running = slots.get(slotOf(batch));
        if (running != null && running.isOf(batch)) {
            return running.value();
        }
        return others.isEmpty() ? null : others.get(batch.id());
    }

    /** Removes and returns the value of an attempt that has ended; null if there is none. */
    @Nullable V remove(Batch<?> batch) {
        int slot = slotOf(batch);
        Running<V> running = slots.get(slot);
        if (running != null && running.isOf(batch) && slots.compareAndSet(slot, running, null)) {
            return running.value();
        }
        return others.isEmpty() ? null : others.remove(batch.id());
    }

    /** Returns the slot of a batch, the same for each of its attempts. */
    private static int slotOf(Batch<?> batch) {
        return batch.firstAddedAt().hashCode() * SPREAD >>> (Integer.SIZE - SLOT_BITS);
    }
}
