/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.internal.partitions;

import io.batcher.BatcherConfig;
import io.batcher.store.ItemCodec;
import io.batcher.store.KeyHash;
import io.batcher.store.NewItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Makes stored items of what is added, on the adding thread: key, weigher and codec are user code. Thread-safe. */
public final class ItemEncoder<T> {

    private final BatcherConfig<T> config;
    private final ItemCodec<T> codec;
    private final int partitions;

    /** Where items without a key go now: see {@link #keyless}. Guarded by this object's monitor. */
    private int current;

    private int inCurrent;
    private long currentUntil;

    public ItemEncoder(BatcherConfig<T> config, int partitions) {
        this.config = config;
        this.codec = Objects.requireNonNull(config.codec());
        this.partitions = partitions;
        this.currentUntil = config.clock().nanoTime();
    }

    /** Returns the items as they are stored. What key, weigher and codec throw goes to the caller. */
    public List<NewItem> encode(List<? extends T> items) {
        List<NewItem> written = new ArrayList<>(items.size());
        for (T item : items) {
            written.add(encode(item));
        }
        return written;
    }

    private NewItem encode(T item) {
        int partition = partition(item);
        if (config.weigher() != null) {
            long weight = config.weigher().applyAsLong(item);
            if (weight < 0) {
                throw new IllegalArgumentException("weigher must return zero or more, but returned " + weight);
            }
        }
        byte[] payload = codec.write(item);
        if (payload == null) {
            throw new IllegalArgumentException("codec must return bytes, but its write returned null");
        }
        return new NewItem(partition, codec.type(), payload);
    }

    private int partition(T item) {
        Function<? super T, ?> keys = config.key();
        if (keys == null) {
            return 0; // all items are in one order
        }
        Object key = keys.apply(item);
        return key == null ? keyless() : KeyHash.partition(key, partitions);
    }

    /** Items without a key stay in one partition for a batch or an interval, so that they make full batches, then go to the next. */
    private synchronized int keyless() {
        long now = config.clock().nanoTime();
        if (inCurrent == config.maxBatchSize() || now - currentUntil >= 0) {
            current = (current + 1) % partitions;
            inCurrent = 0;
            currentUntil = now + config.interval().toNanos();
        }
        inCurrent++;
        return current;
    }
}
