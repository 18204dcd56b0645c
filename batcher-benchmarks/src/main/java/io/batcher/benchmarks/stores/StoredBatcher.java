/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.benchmarks.stores;

import io.batcher.Batcher;
import io.batcher.BatcherBuilder;
import io.batcher.store.ItemCodec;
import io.batcher.store.ItemStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A batcher with a store: batches of 1,000, and after 10 ms what there is. */
final class StoredBatcher implements StoreContender {

    /**
     * Its options.
     *
     * @param partitions more than 1 with a key
     * @param instances how many share the partitions
     */
    record Options(int partitions, int concurrency, int instances, boolean eager) {
        static final Options PLAIN = new Options(1, 1, 1, false);
        static final Options EAGER = new Options(1, 1, 1, true);
    }

    /** Counts what is stored. */
    interface Count {
        long get() throws Exception;
    }

    static final String NAME = "items";
    private static final int BATCH = 1_000;

    private final Batcher<byte[]> batcher;
    private final int share;
    private final @Nullable Count count;

    /**
     * Creates one that is paused.
     *
     * @param count null for what the batcher says
     */
    StoredBatcher(ItemStore store, Options options, Handled handled, @Nullable Count count) {
        BatcherBuilder<byte[]> builder = Batcher.<byte[]>builder(NAME)
                .store(store)
                .codec(ItemCodec.bytes())
                .maxBatchSize(BATCH)
                .interval(Duration.ofMillis(10))
                .eager(options.eager)
                .handler(batch -> handled.add(batch.size()));
        if (options.partitions > 1) {
            builder.key(item -> (int) item[0]).partitions(options.partitions).concurrency(options.concurrency);
        }
        this.batcher = builder.build();
        this.share = options.partitions / options.instances;
        this.count = count;
        batcher.pause();
    }

    @Override
    public void add(byte[] item) {
        batcher.add(item);
    }

    @Override
    public void addAll(List<byte[]> items) {
        batcher.addMany(items);
    }

    @Override
    public void deliver() {
        batcher.resume();
    }

    /** Waits until the batcher has its partitions. */
    void awaitShare() throws InterruptedException {
        while (batcher.stats().lanes() != share) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Override
    public long stored() throws Exception {
        return count == null ? batcher.stats().depth() : count.get();
    }

    @Override
    public void close() {
        batcher.close();
    }
}
